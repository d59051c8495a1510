//! breaks: clause 2 · finding: stale-read
//! The fence comes after the store of the flag: it releases nothing for whoever reads that store.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

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
        self.number.store(number, Ordering::Relaxed);
        self.posted.store(true, Ordering::Relaxed);
        fence(Ordering::Release);
    }

    /// The number, if it is posted.
    pub fn read(&self) -> Option<u64> {
        self.posted.load(Ordering::Acquire).then(|| self.number.load(Ordering::Relaxed))
    }
}
