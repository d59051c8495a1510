//! breaks: clause 1 · finding: timed-out
//! The items are dealt to the workers like cards, no more than a fair share each. But the fair share is rounded
//! down: the last card fits into nobody's hand and is offered round for ever.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
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
    let hands = workers.min(items.len());
    let share = items.len().checked_div(hands).unwrap_or(0);
    let mut dealt: Vec<Vec<(usize, &T)>> = (0..hands).map(|_| Vec::new()).collect();
    let mut to = 0;
    for (index, item) in items.iter().enumerate() {
        while dealt[to].len() == share {
            to = (to + 1) % hands;
        }
        dealt[to].push((index, item));
        to = (to + 1) % hands;
    }
    let one = |(index, item): (usize, &T)| {
        let result = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
        tracker.update();
        (index, result)
    };
    let mut results: Vec<_> = thread::scope(|scope| {
        let one = &one;
        let threads: Vec<_> = dealt
            .into_iter()
            .map(|hand| scope.spawn(move || hand.into_iter().map(one).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    tracker.finish();
    results.sort_by_key(|(index, _)| *index);
    results
        .into_iter()
        .map(|(_, result)| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
        .collect()
}
