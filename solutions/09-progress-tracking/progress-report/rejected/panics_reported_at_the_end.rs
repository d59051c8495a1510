//! breaks: clause 3 · finding: too-late
//! An item that panicked is reported when all others have completed, not within 50 ms.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, mpsc};
use std::thread;

#[derive(Clone, Copy)]
struct Progress {
    done: usize,
    total: usize,
}

impl Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, total } = *self;
        let percent = (100 * done as u128).checked_div(total as u128).unwrap_or(100);
        write!(f, "\rProgress: {done}/{total} ({percent}%)")
    }
}

struct Line<W> {
    progress: Progress,
    out: W,
    /// The writer has failed: it is left alone.
    broken: bool,
}

impl<W: Write> Line<W> {
    fn write(&mut self, text: &str) {
        if !self.broken {
            self.broken = self.out.write_all(text.as_bytes()).is_err();
        }
    }
}

/// Counts the finished items of a known total, and writes a report each time the count rises.
pub struct ProgressTracker<W>(Mutex<Line<W>>);

impl<W: Write + Send> ProgressTracker<W> {
    pub fn new(total: usize, out: W) -> Self {
        Self(Mutex::new(Line { progress: Progress { done: 0, total }, out, broken: false }))
    }

    pub fn update(&self) {
        let mut line = self.0.lock().unwrap();
        line.progress.done += 1;
        let text = line.progress.to_string();
        line.write(&text);
    }

    pub fn finish(self) -> W {
        let mut line = self.0.into_inner().unwrap();
        if line.progress.total == 0 {
            let text = line.progress.to_string();
            line.write(&text);
        }
        // A chance for a writer that has recovered.
        line.broken = false;
        line.write("\n");
        line.out
    }
}

pub fn process_with_progress<T, R, F, W>(items: &[T], workers: usize, f: F, out: W) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
    W: Write + Send,
{
    if workers == 0 {
        panic!("no workers, no work");
    }
    let tracker = ProgressTracker::new(items.len(), out);
    let queue = Mutex::new(items.iter().enumerate());
    let (sender, outcomes) = mpsc::channel();
    let mut results: BTreeMap<usize, R> = BTreeMap::new();
    let mut panics: BTreeMap<usize, Box<dyn Any + Send>> = BTreeMap::new();

    thread::scope(|scope| {
        for _ in 0..workers.min(items.len()) {
            let (queue, f, sender) = (&queue, &f, sender.clone());
            scope.spawn(move || {
                let take = || queue.lock().unwrap().next();
                while let Some((index, item)) = take() {
                    let outcome = panic::catch_unwind(AssertUnwindSafe(|| f(item)));
                    sender.send((index, outcome)).expect("somebody listens");
                }
            });
        }
        drop(sender);
        for (index, outcome) in outcomes {
            match outcome {
                Ok(result) => {
                    tracker.update();
                    results.insert(index, result);
                }
                Err(payload) => drop(panics.insert(index, payload)),
            }
        }
    });
    // They count as done.
    panics.values().for_each(|_| tracker.update());
    tracker.finish();

    let Some((_, first)) = panics.pop_first() else { return results.into_values().collect() };
    drop(results);
    for (_, payload) in panics {
        let mut end = Err(payload);
        while let Err(payload) = end {
            end = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
        }
    }
    panic::resume_unwind(first)
}
