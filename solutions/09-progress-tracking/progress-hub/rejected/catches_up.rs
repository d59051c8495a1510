//! breaks: clause 3 · finding: too-early
//! Reports are due at start + k * interval, and after a slow one the missed ones come one right after the other.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

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
    counts: Mutex<Snapshot>,
}

impl Tracker {
    pub fn new(total: usize) -> Self {
        Self { counts: Mutex::new(Snapshot { total, done: 0, failed: 0 }) }
    }

    pub fn add(&self, more: usize) {
        self.counts.lock().unwrap().total += more;
    }

    pub fn done(&self) {
        self.counts.lock().unwrap().done += 1;
    }

    pub fn failed(&self) {
        self.counts.lock().unwrap().failed += 1;
    }

    pub fn snapshot(&self) -> Snapshot {
        *self.counts.lock().unwrap()
    }
}

#[derive(Debug, Default)]
struct Signal {
    over: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    /// Sleeps until the deadline, or until it is over. Returns whether it is over.
    fn sleep(&self, deadline: Option<Instant>) -> bool {
        let mut over = self.over.lock().unwrap();
        while !*over {
            over = match deadline {
                None => self.changed.wait(over).unwrap(),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    self.changed.wait_timeout(over, left).unwrap().0
                }
            };
        }
        true
    }
}

/// Reports from a thread of its own until `finish` is called or it is dropped.
#[derive(Debug)]
pub struct Reporter {
    signal: Arc<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "the interval is zero");
        let signal = Arc::new(Signal::default());
        let (tracker, its_signal) = (Arc::clone(tracker), Arc::clone(&signal));
        let thread = thread::spawn(move || {
            // A fixed rhythm: a report that comes late doesn't delay the next one.
            let mut due = Instant::now().checked_add(interval);
            while !its_signal.sleep(due) {
                due = due.and_then(|due| due.checked_add(interval));
                let snapshot = tracker.snapshot();
                report(snapshot);
            }
            let snapshot = tracker.snapshot();
            report(snapshot);
        });
        Self { signal, thread: Some(thread) }
    }

    pub fn finish(mut self) {
        if let Err(payload) = self.end() {
            resume_unwind(payload);
        }
    }

    fn end(&mut self) -> thread::Result<()> {
        *self.signal.over.lock().unwrap() = true;
        self.signal.changed.notify_one();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        let mut end = self.end();
        // A payload may panic when it is dropped.
        while let Err(payload) = end {
            end = catch_unwind(AssertUnwindSafe(|| drop(payload)));
        }
    }
}
