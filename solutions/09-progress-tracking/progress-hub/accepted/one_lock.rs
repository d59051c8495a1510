//! accepted: one lock for the counts and the end, with the Condvar in the tracker, and a grid of times for the reports

use std::panic;
use std::sync::{Arc, Condvar, Mutex};
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
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    counts: Snapshot,
    /// Reporters that have to end. There may be several of one tracker.
    over: Vec<usize>,
    reporters: usize,
}

impl Tracker {
    /// A tracker of `total` items.
    pub fn new(total: usize) -> Self {
        let state = State { counts: Snapshot { total, done: 0, failed: 0 }, ..State::default() };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn update<R>(&self, update: impl FnOnce(&mut State) -> R) -> R {
        update(&mut self.state.lock().unwrap())
    }

    /// There are `more` items.
    pub fn add(&self, more: usize) {
        self.update(|state| state.counts.total += more);
    }

    /// One item ended well.
    pub fn done(&self) {
        self.update(|state| state.counts.done += 1);
    }

    /// One item failed.
    pub fn failed(&self) {
        self.update(|state| state.counts.failed += 1);
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        self.update(|state| state.counts)
    }

    /// Waits until `due` or the end of this reporter, and says whether it is the end.
    fn wait(&self, reporter: usize, due: Option<Instant>) -> (bool, Snapshot) {
        let mut state = self.state.lock().unwrap();
        loop {
            let over = state.over.contains(&reporter);
            let left = due.map(|due| due.saturating_duration_since(Instant::now()));
            if over || left.is_some_and(|left| left.is_zero()) {
                return (over, state.counts);
            }
            state = match left {
                Some(left) => self.changed.wait_timeout(state, left).unwrap().0,
                None => self.changed.wait(state).unwrap(),
            };
        }
    }
}

/// Reports from a thread of its own.
#[derive(Debug)]
pub struct Reporter {
    tracker: Arc<Tracker>,
    number: usize,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` once in `interval`.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let number = tracker.update(|state| {
            state.reporters += 1;
            state.reporters
        });
        let shared = Arc::clone(tracker);
        let thread = thread::spawn(move || {
            let mut due = Instant::now().checked_add(interval);
            loop {
                let (over, counts) = shared.wait(number, due);
                // From when this one begins; if it takes long, the next one is due at once.
                due = Instant::now().checked_add(interval);
                report(counts);
                if over {
                    break;
                }
            }
        });
        Self { tracker: Arc::clone(tracker), number, thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        self.tracker.update(|state| state.over.push(self.number));
        self.tracker.changed.notify_all();
        let end = thread.join();
        self.tracker.update(|state| state.over.retain(|number| *number != self.number));
        end
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
