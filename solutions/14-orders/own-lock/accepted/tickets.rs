//! accepted: each call draws a ticket, and waits for its turn

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Lets one closure at a time run.
#[derive(Debug, Default)]
pub struct Lock {
    next: AtomicU64,
    served: AtomicU64,
}

impl Lock {
    /// A lock that is free.
    pub const fn new() -> Self {
        Self { next: AtomicU64::new(0), served: AtomicU64::new(0) }
    }

    /// Waits until the lock is free, calls `f` while no other call does, and returns what it returned.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        while self.served.load(Ordering::Acquire) != ticket {
            thread::sleep(Duration::from_millis(2));
        }
        let _held = Held(self, ticket);
        f()
    }

    /// As [`with`](Self::with), if the lock is free. If it is not, returns `None` at once.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        let ticket = self.served.load(Ordering::Acquire);
        let free = self.next.compare_exchange(ticket, ticket + 1, Ordering::Acquire, Ordering::Relaxed);
        let _held = free.is_ok().then(|| Held(self, ticket))?;
        Some(f())
    }
}

struct Held<'a>(&'a Lock, u64);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.served.store(self.1 + 1, Ordering::Release);
    }
}
