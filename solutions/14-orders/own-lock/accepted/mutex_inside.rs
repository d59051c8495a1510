//! accepted: a Mutex inside

use std::sync::{Mutex, PoisonError, TryLockError};

/// Lets one closure at a time run.
#[derive(Debug, Default)]
pub struct Lock {
    inner: Mutex<()>,
}

impl Lock {
    /// A lock that is free.
    pub const fn new() -> Self {
        Self { inner: Mutex::new(()) }
    }

    /// Waits until the lock is free, calls `f` while no other call does, and returns what it returned.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        // A panic of an earlier closure is no business of this one.
        let _held = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        f()
    }

    /// As [`with`](Self::with), if the lock is free. If it is not, returns `None` at once.
    ///
    /// # Panics
    /// If `f` panics. The lock is free then.
    pub fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        let _held = match self.inner.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(held)) => held.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(f())
    }
}
