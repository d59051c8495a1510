//! accepted: a read-write lock around the counts; the reporter parks until its deadline and looks at a flag

use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

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
    counts: RwLock<Snapshot>,
}

impl Tracker {
    /// A tracker of `total` items.
    pub fn new(total: usize) -> Self {
        Self { counts: RwLock::new(Snapshot { total, done: 0, failed: 0 }) }
    }

    /// There are `more` items.
    pub fn add(&self, more: usize) {
        self.counts.write().unwrap().total += more;
    }

    /// One item ended well.
    pub fn done(&self) {
        self.counts.write().unwrap().done += 1;
    }

    /// One item failed.
    pub fn failed(&self) {
        self.counts.write().unwrap().failed += 1;
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        *self.counts.read().unwrap()
    }
}

/// Reports from a thread of its own.
#[derive(Debug)]
pub struct Reporter {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` once in `interval`.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let over = Arc::<AtomicBool>::default();
        let (tracker, flag) = (Arc::clone(tracker), Arc::clone(&over));
        let thread = thread::spawn(move || {
            let mut began = Instant::now();
            while !flag.load(Ordering::SeqCst) {
                let left = interval.saturating_sub(began.elapsed());
                if left.is_zero() {
                    began = Instant::now();
                    report(tracker.snapshot());
                } else {
                    // Comes back at once if the end has been called since the flag was looked at.
                    thread::park_timeout(left);
                }
            }
            report(tracker.snapshot());
        });
        Self { over, thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        self.over.store(true, Ordering::SeqCst);
        thread.thread().unpark();
        thread.join()
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
