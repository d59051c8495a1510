//! A tracker with a reporter, solved with two locks that have nothing to do with each other.
//!
//! The tracker's lock protects the counts, for as long as it takes to change or to copy them. The reporter's lock protects
//! one flag, that it is over, and its Condvar lets the reporter wait for two things at once: that the interval has passed
//! and that the flag is set. `report` is called while neither lock is held. That is why it may use the tracker, and why
//! no worker ever waits for it.

use std::panic;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The counts at one moment.
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
    /// All counts under one lock. An atomic for each would be faster, and a snapshot would show each of them at another
    /// moment.
    counts: Mutex<Snapshot>,
}

impl Tracker {
    /// A tracker of `total` items, none of which has ended.
    pub fn new(total: usize) -> Self {
        Self { counts: Mutex::new(Snapshot { total, ..Snapshot::default() }) }
    }

    fn counts(&self) -> MutexGuard<'_, Snapshot> {
        self.counts.lock().expect("nothing panics while it holds the counts")
    }

    /// There are `more` items in addition.
    pub fn add(&self, more: usize) {
        self.counts().total += more;
    }

    /// One item succeeded.
    pub fn done(&self) {
        self.counts().done += 1;
    }

    /// One item failed.
    pub fn failed(&self) {
        self.counts().failed += 1;
    }

    /// The counts at this moment.
    pub fn snapshot(&self) -> Snapshot {
        // A copy: the guard is gone when the caller looks at it.
        *self.counts()
    }
}

/// Whether the reporter has to end. Set under the lock, so that a reporter that is about to wait can't miss it.
#[derive(Debug, Default)]
struct End {
    called: Mutex<bool>,
    changed: Condvar,
}

/// Reports from a thread of its own until `finish` is called or it is dropped.
#[derive(Debug)]
pub struct Reporter {
    end: Arc<End>,
    /// Taken by whoever joins it, `finish` or the drop.
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` with a snapshot of `tracker`, once every `interval`.
    ///
    /// # Panics
    /// If `interval` is zero.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let (end, tracker) = (Arc::new(End::default()), Arc::clone(tracker));
        let shared = Arc::clone(&end);
        let thread = thread::spawn(move || {
            while !shared.comes_within(interval) {
                report(tracker.snapshot());
            }
            // The last report, with a snapshot that is taken after the end was called.
            report(tracker.snapshot());
        });
        Self { end, thread: Some(thread) }
    }

    /// Causes a last report, and waits for it.
    ///
    /// # Panics
    /// With the payload of the panic, if `report` has panicked.
    pub fn finish(mut self) {
        if let Err(payload) = self.end() {
            panic::resume_unwind(payload);
        }
    }

    /// What `finish` and the drop have in common. The second one to come finds nothing left to do.
    fn end(&mut self) -> thread::Result<()> {
        *self.end.called.lock().expect("nothing panics while it holds the flag") = true;
        self.end.changed.notify_all();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        // A panic here, while another one unwinds, would abort the process. Who wants to know calls `finish`.
        let _ = self.end();
    }
}

impl End {
    /// Waits until the end is called, but no longer than `time`, and says whether it was.
    fn comes_within(&self, time: Duration) -> bool {
        let called = self.called.lock().expect("nothing panics while it holds the flag");
        // Asks before it waits, so that a call which came during the last report is seen at once. Wake-ups without a
        // reason don't make the wait shorter.
        let waited = self.changed.wait_timeout_while(called, time, |called| !*called);
        *waited.expect("nothing panics while it holds the flag").0
    }
}
