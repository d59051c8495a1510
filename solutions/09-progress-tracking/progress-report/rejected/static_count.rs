//! breaks: clause 2 · finding: race
//! Count and report are one step under one lock. But the count is a `static`, so that it need not be passed around, and set
//! back to 0 by `new`: two trackers at once go on with each other's counts.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Counts what is done of a known total, and writes a report each time the count rises.
static DONE: AtomicUsize = AtomicUsize::new(0);

/// Counts what is done, and writes a report each time.
pub struct ProgressTracker<W> {
    total: usize,
    // One lock for both. An atomic count beside a locked writer would be correct as a count, but two threads
    // could count 3 and 4 and then reach the writer as 4 and 3.
    state: Mutex<State<W>>,
}

struct State<W> {
    out: W,
}

impl<W: Write + Send> ProgressTracker<W> {
    /// A tracker for `total` items, none of them done yet.
    pub fn new(total: usize, out: W) -> Self {
        DONE.store(0, Ordering::SeqCst);
        ProgressTracker { total, state: Mutex::new(State { out }) }
    }

    /// One more item is done: counts it and writes one report.
    pub fn update(&self) {
        // The guard lives to the end of the function: from the count to the end of the line nobody else gets
        // in. Nothing slow but the writer is in here; the items themselves are worked on outside.
        let mut state = self.state.lock().unwrap();
        let done = DONE.fetch_add(1, Ordering::SeqCst) + 1;
        report(&mut state.out, done, self.total);
    }

    /// Ends the line and gives the writer back.
    ///
    /// It takes `self`, so no update can come after it or run beside it: the compiler sees to that.
    pub fn finish(self) -> W {
        let State { mut out } = self.state.into_inner().unwrap();
        if self.total == 0 {
            // No update will ever come, but the reader wants to see that it is over.
            report(&mut out, 0, 0);
        }
        // Ignored, as in `report`.
        let _ = writeln!(out);
        out
    }
}

fn report(out: &mut impl Write, done: usize, total: usize) {
    // Nothing of nothing is everything. `checked_div` is also what keeps us from dividing by zero.
    let percent = (100 * done).checked_div(total).unwrap_or(100);
    // A full disk or a closed pipe must not stop the work that is being reported on.
    let _ = write!(out, "\rProgress: {done}/{total} ({percent}%)");
    // A line without its newline stays in the buffer of a writer such as stdout.
    let _ = out.flush();
}

/// Calls `f` for each item, on `workers` workers, and returns the results in the order of the items.
///
/// # Panics
/// If `workers` is 0, and with the payload of `f` if it panics for an item, after all other items.
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

    // What each worker does. The results stay with the worker until the end, each with the index of its item:
    // this needs no lock, and the order in which items complete doesn't matter.
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break results };
            // A panic of `f` must not take the worker with it, nor leave the item uncounted: 100 % would
            // never come. It is kept like a result. The assertion is honest: whatever state `f` has left
            // broken, it is the caller who sees it, and the caller gets the panic as well.
            let result = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
            tracker.update();
            results.push((index, result));
        }
    };

    let mut results: Vec<(usize, thread::Result<R>)> = thread::scope(|scope| {
        // The collect starts all threads before the first join. Without it the iterator would start one, join
        // it, and only then start the next.
        let threads: Vec<_> = (0..workers.min(items.len())).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("panics of f are caught")).collect()
    });

    // All workers have ended, so all reports are written. The newline comes before the panic.
    tracker.finish();
    results.sort_by_key(|(index, _)| *index);
    // The first payload in the order of the items: the results are sorted, and this stops at the first.
    results
        .into_iter()
        .map(|(_, result)| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect()
}
