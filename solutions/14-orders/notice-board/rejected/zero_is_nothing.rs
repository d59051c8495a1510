//! breaks: clause 1 · finding: wrong-answer
//! Zero stands for no number.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A board on which one number can be posted.
#[derive(Debug, Default)]
pub struct Board {
    number: AtomicU64,
    posted: AtomicBool,
}

impl Board {
    /// A board on which nothing is posted.
    pub const fn new() -> Self {
        Self { number: AtomicU64::new(0), posted: AtomicBool::new(false) }
    }

    /// Posts the number, for all threads to read.
    pub fn post(&self, number: u64) {
        self.number.store(number, Ordering::Release);
        self.posted.store(true, Ordering::Release);
    }

    /// The number, if it is posted.
    pub fn read(&self) -> Option<u64> {
        let number = self.number.load(Ordering::Acquire);
        (number > 0).then_some(number)
    }
}
