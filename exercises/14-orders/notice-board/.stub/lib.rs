//! Notice board: one thread posts a number, and others read it without a lock.

use std::sync::atomic::{AtomicBool, AtomicU64};

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
        let _ = (&self.number, &self.posted, number);
        todo!("store the number and the flag")
    }

    /// The number, if it is posted.
    pub fn read(&self) -> Option<u64> {
        todo!("load the flag and the number")
    }
}
