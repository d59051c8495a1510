//! A barrier that threads wait at until there are enough of them.

use ::std::fmt;
use ::std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::{Condvar, Mutex};

/// As [`std::sync::Barrier`].
pub struct Barrier {
    /// How many have arrived, and how many times the barrier has opened.
    state: Mutex<(usize, usize)>,
    opened: Condvar,
    size: usize,
    /// How many more must come, for what is told of those that wait.
    missing: AtomicU32,
}

/// As [`std::sync::BarrierWaitResult`].
pub struct BarrierWaitResult(bool);

impl Barrier {
    /// As the real one.
    pub const fn new(size: usize) -> Self {
        Self { state: Mutex::new((0, 0)), opened: Condvar::new(), size, missing: AtomicU32::new(0) }
    }

    /// As the real one.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let mut state = self.state.lock().unwrap_or_else(::std::sync::PoisonError::into_inner);
        let generation = state.1;
        state.0 += 1;
        let missing = u32::try_from(self.size.saturating_sub(state.0)).unwrap_or(u32::MAX);
        self.missing.store(missing, Relaxed);
        if state.0 < self.size {
            let _unlocked = self
                .opened
                .wait_for("at a Barrier", Some(&self.missing), state, |state| state.1 == generation)
                .unwrap_or_else(::std::sync::PoisonError::into_inner);
            BarrierWaitResult(false)
        } else {
            *state = (0, generation.wrapping_add(1));
            self.opened.notify_all();
            BarrierWaitResult(true)
        }
    }
}

impl BarrierWaitResult {
    /// Whether this thread is the one that opened the barrier.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult").field("is_leader", &self.0).finish()
    }
}
