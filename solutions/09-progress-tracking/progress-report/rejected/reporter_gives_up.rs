//! breaks: clause 9 · finding: deadlock
//! The reporter stops at the first error of the writer, as there is nothing more to be said. But the channel to it
//! is bounded and its receiver lives on: the workers wait for room that nobody will make.

use std::io::{self, Write};
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
        // A direct caller doesn't want to know of errors.
        let _ = self.try_update();
    }

    fn try_update(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        state.done += 1;
        let done = state.done;
        report(&mut state.out, done, self.total)
    }

    /// Ends the line and gives the writer back.
    pub fn finish(self) -> W {
        let mut out = self.state.into_inner().unwrap().out;
        if self.total == 0 {
            let _ = report(&mut out, 0, 0);
        }
        let _ = writeln!(out);
        out
    }
}

fn report(out: &mut impl Write, done: usize, total: usize) -> io::Result<()> {
    let percent = (100 * done).checked_div(total).unwrap_or(100);
    write!(out, "\rProgress: {done}/{total} ({percent}%)")?;
    out.flush()
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
    let (done_sender, done_receiver) = mpsc::sync_channel(1);
    let done_receiver = Mutex::new(done_receiver);
    let report_all = || {
        let done_receiver = done_receiver.lock().unwrap();
        while let Ok(()) = done_receiver.recv() {
            if tracker.try_update().is_err() {
                break;
            }
        }
    };
    let mut results: Vec<_> = thread::scope(|scope| {
        scope.spawn(report_all);
        let threads: Vec<_> = (0..workers)
            .map(|_| {
                let (next, f, done) = (&next, &f, done_sender.clone());
                scope.spawn(move || {
                    let mut results = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(index) else { break results };
                        results.push((index, panic::catch_unwind(AssertUnwindSafe(|| f(item)))));
                        done.send(()).expect("the receiver is alive");
                    }
                })
            })
            .collect();
        drop(done_sender);
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    tracker.finish();
    results.sort_by_key(|(index, _)| *index);
    results
        .into_iter()
        .map(|(_, result)| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect()
}
