//! accepted: whoever has the lock writes the reports of all who have counted; items dealt out in stripes

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Counts what is done of a known total, and writes a report each time the count rises.
pub struct ProgressTracker<W> {
    total: usize,
    done: AtomicUsize,
    written: Mutex<Written<W>>,
}

struct Written<W> {
    reports: usize,
    out: W,
}

impl<W: Write + Send> ProgressTracker<W> {
    /// A tracker for `total` items, none of them done yet.
    pub fn new(total: usize, out: W) -> Self {
        ProgressTracker { total, done: AtomicUsize::new(0), written: Mutex::new(Written { reports: 0, out }) }
    }

    /// One more item is done: counts it; its report is written here, or has been by another's update.
    pub fn update(&self) {
        self.done.fetch_add(1, Ordering::SeqCst);
        let mut written = self.written.lock().unwrap();
        while written.reports < self.done.load(Ordering::SeqCst) {
            written.reports += 1;
            let done = written.reports;
            report(&mut written.out, done, self.total);
        }
    }

    /// Ends the line and gives the writer back.
    pub fn finish(self) -> W {
        let mut out = self.written.into_inner().unwrap().out;
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
    let worker = |first: usize| {
        let stripe = items.iter().enumerate().skip(first).step_by(workers);
        stripe
            .map(|(index, item)| {
                let result = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
                tracker.update();
                (index, result)
            })
            .collect::<Vec<_>>()
    };
    let mut results: Vec<_> = thread::scope(|scope| {
        let worker = &worker;
        let threads: Vec<_> =
            (0..workers.min(items.len())).map(|first| scope.spawn(move || worker(first))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    tracker.finish();
    results.sort_by_key(|(index, _)| *index);
    results
        .into_iter()
        .map(|(_, result)| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect()
}
