//! breaks: clause 2 · finding: stale-read
//! The orders are at the number, and the flag has none.

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
        self.posted.store(true, Ordering::Relaxed);
    }

    /// The number, if it is posted.
    pub fn read(&self) -> Option<u64> {
        self.posted.load(Ordering::Relaxed).then(|| self.number.load(Ordering::Acquire))
    }
}
