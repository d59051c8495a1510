//! A tracker that any thread can update, and a reporter that tells how far it has come.

use std::sync::Arc;
use std::time::Duration;

/// How far it has come at one moment. This one is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// How many items there are, as far as is known.
    pub total: usize,
    /// How many of them ended well.
    pub done: usize,
    /// How many of them failed.
    pub failed: usize,
}

/// Counts items. Threads of any pool share it by reference.
#[derive(Debug)]
pub struct Tracker {
    // Yours.
}

impl Tracker {
    /// A tracker of `total` items, of which none has ended.
    pub fn new(total: usize) -> Self {
        let _ = total;
        todo!("a tracker of so many items")
    }

    /// There are `more` items than was known.
    pub fn add(&self, more: usize) {
        let _ = more;
        todo!("count them in")
    }

    /// One item ended well.
    pub fn done(&self) {
        todo!("count it")
    }

    /// One item failed.
    pub fn failed(&self) {
        todo!("count it")
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        todo!("all counts of one moment")
    }
}

/// Reports from a thread of its own until it is finished or dropped.
#[derive(Debug)]
pub struct Reporter {
    // Yours.
}

impl Reporter {
    /// Starts to call `report` with a snapshot of `tracker`, once in `interval`.
    ///
    /// # Panics
    /// If `interval` is zero.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        let _ = (tracker, interval, report);
        todo!("start a thread that reports")
    }

    /// Has a last report made, and waits for it.
    ///
    /// # Panics
    /// With the payload of the panic, if `report` has panicked.
    pub fn finish(self) {
        todo!("end the thread that reports, without waiting for the interval")
    }
}
