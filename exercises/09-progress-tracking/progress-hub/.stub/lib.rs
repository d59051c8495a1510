//! A tracker that any thread can update, and a reporter that tells the progress.

use std::sync::Arc;
use std::time::Duration;

/// The counts at one moment. This type is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The number of items that are known.
    pub total: usize,
    /// How many of them succeeded.
    pub done: usize,
    /// How many of them failed.
    pub failed: usize,
}

/// Counts items. Threads of any pool share it by reference.
#[derive(Debug)]
pub struct Tracker {
    // Your fields.
}

impl Tracker {
    /// A tracker of `total` items, none of which has ended.
    pub fn new(total: usize) -> Self {
        let _ = total;
        todo!("a tracker of `total` items")
    }

    /// There are `more` items in addition.
    pub fn add(&self, more: usize) {
        let _ = more;
        todo!("count them in")
    }

    /// One item succeeded.
    pub fn done(&self) {
        todo!("count it")
    }

    /// One item failed.
    pub fn failed(&self) {
        todo!("count it")
    }

    /// The counts at this moment.
    pub fn snapshot(&self) -> Snapshot {
        todo!("all counts at one moment")
    }
}

/// Reports from a thread of its own until `finish` is called or it is dropped.
#[derive(Debug)]
pub struct Reporter {
    // Your fields.
}

impl Reporter {
    /// Starts to call `report` with a snapshot of `tracker`, once every `interval`.
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

    /// Causes a last report, and waits for it.
    ///
    /// # Panics
    /// With the payload of the panic, if `report` has panicked.
    pub fn finish(self) {
        todo!("end the thread that reports, without waiting for the interval")
    }
}
