//! A barrier that threads wait at until there are enough of them.

use ::std::cell::Cell;
use ::std::fmt;
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};
use ::std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use engine::{Access, Waiting};

use crate::statics::{Age, Use};

/// As [`std::sync::Barrier`].
pub struct Barrier {
    arrived: Cell<usize>,
    /// How many times it has opened.
    opened: Cell<usize>,
    size: usize,
    /// How many more must come, for what is told of those that wait.
    missing: AtomicU32,
    age: Age,
}

// SAFETY: the fields are touched between scheduling points only (crate documentation).
unsafe impl Send for Barrier {}
// SAFETY: as above.
unsafe impl Sync for Barrier {}
impl UnwindSafe for Barrier {}
impl RefUnwindSafe for Barrier {}

/// As [`std::sync::BarrierWaitResult`].
pub struct BarrierWaitResult(bool);

impl Barrier {
    /// As the real one.
    pub const fn new(size: usize) -> Self {
        let (arrived, opened) = (Cell::new(0), Cell::new(0));
        Self { arrived, opened, size, missing: AtomicU32::new(0), age: Age::new() }
    }

    fn address(&self) -> usize {
        (&raw const self.arrived) as usize
    }

    #[track_caller]
    fn freshen(&self) {
        if self.age.check() == Use::Stale {
            self.arrived.set(0);
        }
    }

    /// As the real one.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let (address, at) = (self.address(), Location::caller());
        engine::point("wait", address, at);
        self.freshen();
        engine::touch(address, Access::Change);
        let (arrived, before) = (self.arrived.get() + 1, self.opened.get());
        if arrived >= self.size {
            self.arrived.set(0);
            self.opened.set(before.wrapping_add(1));
            engine::wake_all(address);
            return BarrierWaitResult(true);
        }
        self.arrived.set(arrived);
        self.missing.store(u32::try_from(self.size - arrived).unwrap_or(u32::MAX), Relaxed);
        while self.opened.get() == before {
            let (what, missing) = ("at a Barrier", Some(&raw const self.missing));
            engine::block(Waiting { missing, ..Waiting::on(what, "wait", address, at) }, None);
        }
        engine::touch(address, Access::Change);
        BarrierWaitResult(false)
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
