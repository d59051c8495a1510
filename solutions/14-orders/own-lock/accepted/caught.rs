//! accepted: the panic is caught, and goes on when the lock is free

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
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
        while self.held.swap(true, Ordering::AcqRel) {
            thread::sleep(Duration::from_micros(500));
        }
        self.run(f)
    }

    /// As [`with`](Self::with), if the lock is free. If it is not, returns `None` at once.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        if self.held.swap(true, Ordering::AcqRel) { None } else { Some(self.run(f)) }
    }

    fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let outcome = catch_unwind(AssertUnwindSafe(f));
        self.held.store(false, Ordering::Release);
        outcome.unwrap_or_else(|payload| resume_unwind(payload))
    }
}
