//! breaks: clause 2 · finding: stale-read
//! A sequence lock whose orders are all `Relaxed`: that the version has not changed says nothing about the counts.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    /// Held by whoever changes the counts.
    changing: Mutex<()>,
    /// Odd while they are being changed.
    version: AtomicUsize,
    total: AtomicUsize,
    done: AtomicUsize,
    failed: AtomicUsize,
}

impl Tracker {
    /// A tracker of `total` items.
    pub fn new(total: usize) -> Self {
        Self {
            changing: Mutex::new(()),
            version: AtomicUsize::new(0),
            total: AtomicUsize::new(total),
            done: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
        }
    }

    fn change(&self, count: &AtomicUsize, more: usize) {
        let _changing = self.changing.lock().unwrap();
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        count.fetch_add(more, Ordering::Relaxed);
        self.version.store(version + 2, Ordering::Relaxed);
    }

    /// There are `more` items.
    pub fn add(&self, more: usize) {
        self.change(&self.total, more);
    }

    /// One item ended well.
    pub fn done(&self) {
        self.change(&self.done, 1);
    }

    /// One item failed.
    pub fn failed(&self) {
        self.change(&self.failed, 1);
    }

    fn counts(&self) -> Snapshot {
        Snapshot {
            total: self.total.load(Ordering::Relaxed),
            done: self.done.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        let before = self.version.load(Ordering::Relaxed);
        let counts = self.counts();
        if before % 2 == 0 && self.version.load(Ordering::Relaxed) == before {
            return counts;
        }
        // Somebody is changing them.
        let _changing = self.changing.lock().unwrap();
        self.counts()
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

impl Drop for Reporter {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
