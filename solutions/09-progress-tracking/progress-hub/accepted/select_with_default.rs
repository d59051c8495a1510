//! accepted: crossbeam's select over a channel that is closed at the end, with a default after the interval

use std::panic;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam::channel::{self, Sender};
use crossbeam::select;

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
        let (running, end) = channel::bounded::<()>(0);
        let tracker = Arc::clone(tracker);
        let thread = thread::spawn(move || {
            let mut over = false;
            while !over {
                over = select! {
                    recv(end) -> _ => true,
                    default(interval) => false,
                };
                report(tracker.snapshot());
            }
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
