//! breaks: clause 7 · finding: deadlock
//! Two locks, both needed for a report, and both always taken. But an item that panics takes them in the other
//! order: a thread with the count waits for the writer while the one with the writer waits for the count.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Counts what is done of a known total, and writes a report each time the count rises.
pub struct ProgressTracker<W> {
    total: usize,
    done: Mutex<usize>,
    out: Mutex<W>,
}

impl<W: Write + Send> ProgressTracker<W> {
    /// A tracker for `total` items, none of them done yet.
    pub fn new(total: usize, out: W) -> Self {
        ProgressTracker { total, done: Mutex::new(0), out: Mutex::new(out) }
    }

    /// One more item is done: counts it and writes one report.
    pub fn update(&self) {
        let mut done = self.done.lock().unwrap();
        *done += 1;
        let mut out = self.out.lock().unwrap();
        report(&mut *out, *done, self.total);
    }

    /// One more item is done, though it has failed.
    fn update_failed(&self) {
        let mut out = self.out.lock().unwrap();
        let mut done = self.done.lock().unwrap();
        *done += 1;
        report(&mut *out, *done, self.total);
    }

    /// Ends the line and gives the writer back.
    pub fn finish(self) -> W {
        let mut out = self.out.into_inner().unwrap();
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
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break results };
            let result = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
            match result {
                Ok(_) => tracker.update(),
                Err(_) => tracker.update_failed(),
            }
            results.push((index, result));
        }
    };
    let mut results: Vec<_> = thread::scope(|scope| {
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
