//! breaks: clause 1 · finding: race
//! All three counts are under one lock, in a `static` that any thread can reach. But `new` sets back the counts of every
//! tracker there is, and two at once count each other's items.

use std::panic;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How far it has come at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// How many items there are, as far as is known.
    pub total: usize,
    /// How many of them ended well.
    pub done: usize,
    /// How many of them failed.
    pub failed: usize,
}

static COUNTS: Mutex<Snapshot> = Mutex::new(Snapshot { total: 0, done: 0, failed: 0 });

/// Counts items. Threads of any pool share it by reference.
#[derive(Debug)]
pub struct Tracker {
    _one: (),
}

impl Tracker {
    /// A tracker of `total` items, of which none has ended.
    pub fn new(total: usize) -> Self {
        let tracker = Self { _one: () };
        *tracker.counts() = Snapshot { total, ..Snapshot::default() };
        tracker
    }

    fn counts(&self) -> MutexGuard<'_, Snapshot> {
        COUNTS.lock().expect("nothing panics while it holds the counts")
    }

    /// There are `more` items than was known.
    pub fn add(&self, more: usize) {
        self.counts().total += more;
    }

    /// One item ended well.
    pub fn done(&self) {
        self.counts().done += 1;
    }

    /// One item failed.
    pub fn failed(&self) {
        self.counts().failed += 1;
    }

    /// How far it has come.
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

/// Reports from a thread of its own until it is finished or dropped.
#[derive(Debug)]
pub struct Reporter {
    end: Arc<End>,
    /// Taken by whoever joins it, `finish` or the drop.
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` with a snapshot of `tracker`, once in `interval`.
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

    /// Has a last report made, and waits for it.
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
