//! breaks: clause 1 · finding: deadlock
//! The reporter waits on a Condvar for each completion, and each completion notifies it. But a Condvar remembers
//! nothing: what is notified while the reporter is writing is missed, and it waits for one more that never comes.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// Counts what is done of a known total, and writes a report each time the count rises.
pub struct ProgressTracker<W> {
    total: usize,
    state: Mutex<State<W>>,
}

struct State<W> {
    done: usize,
    out: W,
}

impl<W: Write + Send> ProgressTracker<W> {
    /// A tracker for `total` items, none of them done yet.
    pub fn new(total: usize, out: W) -> Self {
        ProgressTracker { total, state: Mutex::new(State { done: 0, out }) }
    }

    /// One more item is done: counts it and writes one report.
    pub fn update(&self) {
        let mut state = self.state.lock().unwrap();
        state.done += 1;
        let done = state.done;
        report(&mut state.out, done, self.total);
    }

    /// Ends the line and gives the writer back.
    pub fn finish(self) -> W {
        let mut out = self.state.into_inner().unwrap().out;
        if self.total == 0 {
            report(&mut out, 0, 0);
        }
        let _ = writeln!(out);
        out
    }
}

fn report(out: &mut impl Write, done: usize, total: usize) {
    let percent = (100 * done).checked_div(total).unwrap_or(100);
    let _ = write!(out, "\rProgress: {done}/{total} ({percent}%)");
    let _ = out.flush();
}

/// Calls `f` for each item, on `workers` workers, and returns the results in the order of the items.
pub fn process_with_progress<T, R, F, W>(items: &[T], workers: usize, f: F, out: W) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "items need at least one worker");
    let tracker = ProgressTracker::new(items.len(), out);
    let next = AtomicUsize::new(0);
    let ready = Mutex::new(());
    let completed = Condvar::new();
    let report_all = || {
        for _ in items {
            drop(completed.wait(ready.lock().unwrap()).unwrap());
            tracker.update();
        }
    };
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break results };
            results.push((index, panic::catch_unwind(AssertUnwindSafe(|| f(item)))));
            let _ready = ready.lock().unwrap();
            completed.notify_one();
        }
    };
    let mut results: Vec<_> = thread::scope(|scope| {
        scope.spawn(report_all);
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    tracker.finish();
    results.sort_by_key(|(index, _)| *index);
    results
        .into_iter()
        .map(|(_, result)| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect()
}
