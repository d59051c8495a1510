//! accepted: a relaxed exchange, and a fence after it

use std::sync::atomic::{AtomicBool, Ordering, fence};
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
        while !self.take() {
            thread::sleep(Duration::from_millis(1));
        }
        let _held = Held(self);
        f()
    }

    /// As [`with`](Self::with), if the lock is free. If it is not, returns `None` at once.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        let _held = self.take().then(|| Held(self))?;
        Some(f())
    }

    fn take(&self) -> bool {
        let is_taken = self.held.compare_exchange(false, true, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_taken {
            fence(Ordering::Acquire);
        }
        is_taken
    }
}

/// Makes the lock free when it is dropped, after a panic too.
struct Held<'a>(&'a Lock);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.held.store(false, Ordering::Release);
    }
}
