//! breaks: clause 3 · finding: too-early
//! Every update wakes the reporter, so that the reports are fresh. That is what the interval was to prevent.

use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
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
    updated: Condvar,
}

impl Tracker {
    /// A tracker of `total` items.
    pub fn new(total: usize) -> Self {
        Self { counts: Mutex::new(Snapshot { total, done: 0, failed: 0 }), updated: Condvar::new() }
    }

    /// There are `more` items.
    pub fn add(&self, more: usize) {
        self.counts.lock().unwrap().total += more;
    }

    /// One item ended well.
    pub fn done(&self) {
        self.counts.lock().unwrap().done += 1;
        self.updated.notify_all();
    }

    /// One item failed.
    pub fn failed(&self) {
        self.counts.lock().unwrap().failed += 1;
        self.updated.notify_all();
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        *self.counts.lock().unwrap()
    }
}

/// Reports from a thread of its own.
#[derive(Debug)]
pub struct Reporter {
    end: Arc<AtomicBool>,
    tracker: Arc<Tracker>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` once in `interval`.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let end = Arc::<AtomicBool>::default();
        let own = Arc::clone(tracker);
        let (tracker, shared) = (Arc::clone(tracker), Arc::clone(&end));
        let thread = thread::spawn(move || {
            let called = &*shared;
            let mut over = false;
            while !over {
                let seen = tracker.counts.lock().unwrap();
                let old = *seen;
                let same = |now: &mut Snapshot| *now == old && !called.load(Ordering::SeqCst);
                drop(tracker.updated.wait_timeout_while(seen, interval, same).unwrap());
                over = called.load(Ordering::SeqCst);
                report(tracker.snapshot());
            }
        });
        Self { end, tracker: own, thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        let counts = self.tracker.counts.lock();
        self.end.store(true, Ordering::SeqCst);
        drop(counts);
        self.tracker.updated.notify_all();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
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
