//! Locks, channels, atomics and one-time initialisation under the scheduler.

pub use ::std::sync::*;

pub mod atomic;
mod barrier;
mod condvar;
pub mod mpsc;
mod mutex;
mod once;
mod rwlock;

pub use barrier::{Barrier, BarrierWaitResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use once::{LazyLock, ONCE_INIT, Once, OnceLock, OnceState};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// No task: what a lock that is free is held by.
pub(crate) const NOBODY: u32 = u32::MAX;

/// The running task, for a holder field; [`NOBODY`] outside an execution.
pub(crate) fn me() -> u32 {
    if engine::in_execution() { engine::current() } else { NOBODY - 1 }
}
