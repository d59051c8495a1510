//! accepted: three atomics, read until two readings are the same; the end is a sender that is dropped

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
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
    total: AtomicUsize,
    done: AtomicUsize,
    failed: AtomicUsize,
}

impl Tracker {
    /// A tracker of `total` items.
    pub fn new(total: usize) -> Self {
        Self { total: AtomicUsize::new(total), done: AtomicUsize::new(0), failed: AtomicUsize::new(0) }
    }

    /// There are `more` items.
    pub fn add(&self, more: usize) {
        self.total.fetch_add(more, SeqCst);
    }

    /// One item ended well.
    pub fn done(&self) {
        self.done.fetch_add(1, SeqCst);
    }

    /// One item failed.
    pub fn failed(&self) {
        self.failed.fetch_add(1, SeqCst);
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        let read = || Snapshot {
            total: self.total.load(SeqCst),
            done: self.done.load(SeqCst),
            failed: self.failed.load(SeqCst),
        };
        // No count ever goes down. So if two readings are the same, nothing changed between the end of the first and
        // the beginning of the second, and that is the moment. If they differ, somebody else has got on.
        let mut last = read();
        loop {
            let now = read();
            if now == last {
                return now;
            }
            last = now;
        }
    }
}

/// Reports from a thread of its own.
#[derive(Debug)]
pub struct Reporter {
    /// Nothing is ever sent: the end is that it is gone.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` once in `interval`.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let (running, end) = mpsc::channel();
        let tracker = Arc::clone(tracker);
        let thread = thread::spawn(move || {
            while end.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                report(tracker.snapshot());
            }
            report(tracker.snapshot());
        });
        Self { running: Some(running), thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        self.running = None;
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
