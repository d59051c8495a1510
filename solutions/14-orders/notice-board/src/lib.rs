//! Notice board: one thread posts a number, and others read it without a lock.
//!
//! The flag carries the number. Its store releases what came before it, and a load that reads that store acquires it. The
//! number itself needs no order: the flag's is enough for all that happens before the flag is set.

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
        self.number.store(number, Ordering::Relaxed);
        // Whoever reads this `true` with Acquire sees all that this thread has done before, the number too.
        self.posted.store(true, Ordering::Release);
    }

    /// The number, if it is posted.
    pub fn read(&self) -> Option<u64> {
        self.posted.load(Ordering::Acquire).then(|| self.number.load(Ordering::Relaxed))
    }
}
