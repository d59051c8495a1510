//! breaks: clause 3 · finding: too-late
//! The caller takes the results in the order of the items and reports each as it gets it. But if the first item
//! is slow, all that complete before it go unreported until it does.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
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
    let (senders, receivers): (Vec<_>, Vec<_>) = items.iter().map(|_| mpsc::sync_channel(1)).unzip();
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let result = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
            senders[index].send(result).expect("the caller takes every result");
        }
    };
    let results: Vec<thread::Result<R>> = thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
        let results = receivers.iter().map(|receiver| receiver.recv().unwrap());
        results.inspect(|_| tracker.update()).collect()
    });
    tracker.finish();
    results.into_iter().map(|result| result.unwrap_or_else(|payload| panic::resume_unwind(payload))).collect()
}
