//! accepted: an atomic count draws tickets, a Condvar lets the reports out in the order of the tickets

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// Counts what is done of a known total, and writes a report each time the count rises.
pub struct ProgressTracker<W> {
    total: usize,
    counted: AtomicUsize,
    written: Mutex<Written<W>>,
    turn: Condvar,
}

struct Written<W> {
    reports: usize,
    out: W,
}

impl<W: Write + Send> ProgressTracker<W> {
    /// A tracker for `total` items, none of them done yet.
    pub fn new(total: usize, out: W) -> Self {
        ProgressTracker {
            total,
            counted: AtomicUsize::new(0),
            written: Mutex::new(Written { reports: 0, out }),
            turn: Condvar::new(),
        }
    }

    /// One more item is done: counts it and writes one report.
    pub fn update(&self) {
        let before = self.counted.fetch_add(1, Ordering::Relaxed);
        let mut written =
            self.turn.wait_while(self.written.lock().unwrap(), |written| written.reports < before).unwrap();
        written.reports += 1;
        report(&mut written.out, before + 1, self.total);
        // All of them: whose turn it is, is known to themselves only.
        self.turn.notify_all();
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
    let slots: Vec<_> = items.iter().map(|_| Mutex::new(None)).collect();
    let jobs = Mutex::new(items.iter().zip(&slots));
    let worker = || {
        loop {
            let Some((item, slot)) = jobs.lock().unwrap().next() else { break };
            let result = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
            *slot.lock().unwrap() = Some(result);
            tracker.update();
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.min(items.len()) {
            scope.spawn(worker);
        }
    });
    tracker.finish();
    slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap().expect("every slot is filled"))
        .map(|result| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect()
}
