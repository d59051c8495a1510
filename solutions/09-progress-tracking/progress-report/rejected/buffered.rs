//! breaks: clause 3 · finding: too-late
//! A BufWriter saves a system call for each piece of a report. But it also keeps the reports to itself until its
//! buffer is full or `finish` empties it.

use std::io::{BufWriter, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Counts what is done of a known total, and writes a report each time the count rises.
pub struct ProgressTracker<W: Write> {
    total: usize,
    state: Mutex<(usize, BufWriter<W>)>,
}

impl<W: Write + Send> ProgressTracker<W> {
    /// A tracker for `total` items, none of them done yet.
    pub fn new(total: usize, out: W) -> Self {
        ProgressTracker { total, state: Mutex::new((0, BufWriter::new(out))) }
    }

    /// One more item is done: counts it and writes one report.
    pub fn update(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        let done = state.0;
        report(&mut state.1, done, self.total);
    }

    /// Ends the line and gives the writer back.
    pub fn finish(self) -> W {
        let (_, mut out) = self.state.into_inner().unwrap();
        if self.total == 0 {
            report(&mut out, 0, 0);
        }
        let _ = writeln!(out);
        let _ = out.flush();
        out.into_parts().0
    }
}

fn report(out: &mut impl Write, done: usize, total: usize) {
    let percent = (100 * done).checked_div(total).unwrap_or(100);
    let _ = write!(out, "\rProgress: {done}/{total} ({percent}%)");
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
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break results };
            let result = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
            tracker.update();
            results.push((index, result));
        }
    };
    let mut results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(items.len())).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    tracker.finish();
    results.sort_by_key(|(index, _)| *index);
    results
        .into_iter()
        .map(|(_, result)| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect()
}
