//! accepted: a Mutex, which orders everything

use std::sync::Mutex;

/// A board on which one number can be posted.
#[derive(Debug, Default)]
pub struct Board {
    number: Mutex<Option<u64>>,
}

impl Board {
    /// A board on which nothing is posted.
    pub const fn new() -> Self {
        Self { number: Mutex::new(None) }
    }

    /// Posts the number, for all threads to read.
    pub fn post(&self, number: u64) {
        *self.number.lock().unwrap() = Some(number);
    }

    /// The number, if it is posted.
    pub fn read(&self) -> Option<u64> {
        *self.number.lock().unwrap()
    }
}
