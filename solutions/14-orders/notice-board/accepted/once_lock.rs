//! accepted: what the standard library has for it

use std::sync::OnceLock;

/// A board on which one number can be posted.
#[derive(Debug, Default)]
pub struct Board {
    number: OnceLock<u64>,
}

impl Board {
    /// A board on which nothing is posted.
    pub const fn new() -> Self {
        Self { number: OnceLock::new() }
    }

    /// Posts the number, for all threads to read.
    pub fn post(&self, number: u64) {
        let _ = self.number.set(number);
    }

    /// The number, if it is posted.
    pub fn read(&self) -> Option<u64> {
        self.number.get().copied()
    }
}
