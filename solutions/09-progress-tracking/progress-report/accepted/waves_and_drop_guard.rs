//! accepted: a wave of scoped threads at a time; join keeps the panic, a guard reports while it unwinds

use std::io::Write;
use std::panic;
use std::sync::Mutex;
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

/// Reports when it goes out of scope, whether its thread returns or unwinds.
struct Done<'a, W: Write + Send>(&'a ProgressTracker<W>);

impl<W: Write + Send> Drop for Done<'_, W> {
    fn drop(&mut self) {
        self.0.update();
    }
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
    let one = |item: &T| {
        let _done = Done(&tracker);
        f(item)
    };
    let mut results = Vec::with_capacity(items.len());
    for wave in items.chunks(workers) {
        thread::scope(|scope| {
            let one = &one;
            let threads: Vec<_> = wave.iter().map(|item| scope.spawn(move || one(item))).collect();
            results.extend(threads.into_iter().map(|thread| thread.join()));
        });
    }
    tracker.finish();
    results.into_iter().map(|result| result.unwrap_or_else(|payload| panic::resume_unwind(payload))).collect()
}
