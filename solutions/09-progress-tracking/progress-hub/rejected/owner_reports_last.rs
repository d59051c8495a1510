//! breaks: clause 3 · finding: wrong-answer
//! `report` lies under a lock, so that `finish` can make the last report itself, on the thread of the owner.

use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How far it has come at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// How many items there are.
    pub total: usize,
    /// How many ended well.
    pub done: usize,
    /// How many failed.
    pub failed: usize,
}

/// Counts items.
#[derive(Debug)]
pub struct Tracker {
    counts: Mutex<Snapshot>,
}

impl Tracker {
    /// A tracker of `total` items.
    pub fn new(total: usize) -> Self {
        Self { counts: Mutex::new(Snapshot { total, done: 0, failed: 0 }) }
    }

    /// There are `more` items.
    pub fn add(&self, more: usize) {
        self.counts.lock().unwrap().total += more;
    }

    /// One item ended well.
    pub fn done(&self) {
        self.counts.lock().unwrap().done += 1;
    }

    /// One item failed.
    pub fn failed(&self) {
        self.counts.lock().unwrap().failed += 1;
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        *self.counts.lock().unwrap()
    }
}

type Report = Arc<Mutex<dyn FnMut(Snapshot) + Send>>;

struct Last(Arc<Tracker>, Report);

impl fmt::Debug for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Last")
    }
}

/// Reports from a thread of its own.
#[derive(Debug)]
pub struct Reporter {
    /// Nothing is ever sent: the end is that it is gone.
    running: Option<Sender<()>>,
    last: Last,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` once in `interval`.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let (running, end) = mpsc::channel();
        let report: Report = Arc::new(Mutex::new(report));
        let last = Last(Arc::clone(tracker), Arc::clone(&report));
        let tracker = Arc::clone(tracker);
        let thread = thread::spawn(move || {
            while end.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                (report.lock().unwrap())(tracker.snapshot());
            }
        });
        Self { running: Some(running), last, thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        self.running = None;
        let Some(thread) = self.thread.take() else { return Ok(()) };
        thread.join()?;
        let Last(tracker, report) = &self.last;
        panic::catch_unwind(AssertUnwindSafe(|| (report.lock().unwrap())(tracker.snapshot())))
    }

    /// Has a last report made, and waits for it.
    pub fn finish(mut self) {
        if let Err(payload) = self.end() {
            panic::resume_unwind(payload);
        }
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
