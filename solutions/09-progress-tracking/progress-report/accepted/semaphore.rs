//! accepted: a thread for each item, and a semaphore by hand that lets `workers` of them in

use std::io::Write;
use std::panic;
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

struct Semaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

/// Gives the place back when it goes out of scope, whether its thread returns or unwinds.
struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    fn acquire(&self) -> Permit<'_> {
        let mut free = self.freed.wait_while(self.free.lock().unwrap(), |free| *free == 0).unwrap();
        *free -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
        self.0.freed.notify_one();
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
    let places = Semaphore { free: Mutex::new(workers), freed: Condvar::new() };
    let one = |item: &T| {
        let permit = places.acquire();
        let result = panic::catch_unwind(panic::AssertUnwindSafe(|| f(item)));
        drop(permit);
        tracker.update();
        result
    };
    let results: Vec<thread::Result<R>> = thread::scope(|scope| {
        let one = &one;
        let threads: Vec<_> = items.iter().map(|item| scope.spawn(move || one(item))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    tracker.finish();
    results.into_iter().map(|result| result.unwrap_or_else(|payload| panic::resume_unwind(payload))).collect()
}
