//! breaks: clause 9 · finding: leaked-thread
//! Only `finish` ends the reporter. When its owner panics, nobody ever does.

use std::panic;
use std::sync::{Arc, Condvar, Mutex};
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

/// Reports from a thread of its own.
#[derive(Debug)]
pub struct Reporter {
    end: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` once in `interval`.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let end = Arc::new((Mutex::new(false), Condvar::new()));
        let (tracker, shared) = (Arc::clone(tracker), Arc::clone(&end));
        let thread = thread::spawn(move || {
            let (called, changed) = &*shared;
            loop {
                let guard = called.lock().unwrap();
                let (guard, _) = changed.wait_timeout_while(guard, interval, |called| !*called).unwrap();
                let over = *guard;
                drop(guard);
                report(tracker.snapshot());
                if over {
                    break;
                }
            }
        });
        Self { end, thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        *self.end.0.lock().unwrap() = true;
        self.end.1.notify_all();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }

    /// Has a last report made, and waits for it.
    pub fn finish(mut self) {
        if let Err(payload) = self.end() {
            panic::resume_unwind(payload);
        }
    }
}
