//! breaks: clause 4 · finding: wrong-answer
//! If `f` panics, nobody makes the lock free.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Lets one closure at a time run.
#[derive(Debug, Default)]
pub struct Lock {
    held: AtomicBool,
}

impl Lock {
    /// A lock that is free.
    pub const fn new() -> Self {
        Self { held: AtomicBool::new(false) }
    }

    /// Waits until the lock is free, calls `f` while no other call does, and returns what it returned.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        while self.held.swap(true, Ordering::Acquire) {
            thread::sleep(Duration::from_millis(1));
        }
        let result = f();
        self.held.store(false, Ordering::Release);
        result
    }

    /// As [`with`](Self::with), if the lock is free. If it is not, returns `None` at once.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        if self.held.swap(true, Ordering::Acquire) {
            return None;
        }
        let result = f();
        self.held.store(false, Ordering::Release);
        Some(result)
    }
}
