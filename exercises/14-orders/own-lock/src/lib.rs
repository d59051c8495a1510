//! A lock of your own: one closure at a time, with nothing but atomics.

use std::sync::atomic::AtomicBool;

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
        let _ = (&self.held, f);
        todo!("wait until the lock is free, take it, call f, and make it free again")
    }

    /// As [`with`](Self::with), if the lock is free. If it is not, returns `None` at once.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        let _ = (&self.held, f);
        todo!("take the lock if it is free, call f, and make it free again")
    }
}
