//! breaks: clause 1 · finding: deadlock
//! The results wait in a channel for 1,024 until all workers have ended. With more results than that they never end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, mpsc};
use std::thread;

pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "items need at least one worker");
    let threads = workers.min(items.len());
    // `None`: no further item begins.
    let queue = Mutex::new(Some(items.into_iter().enumerate()));
    let next = || queue.lock().unwrap().as_mut().and_then(Iterator::next);
    let close = || {
        let rest = queue.lock().unwrap().take();
        drop(rest);
    };

    let (sender, ended) = mpsc::sync_channel(1024);
    let work = || {
        while let Some((place, item)) = next() {
            let outcome = catch_unwind(AssertUnwindSafe(|| f(item)));
            if outcome.is_err() {
                close();
            }
            sender.send((place, outcome)).unwrap();
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(&work);
        }
    });
    drop(sender);
    let mut outcomes: Vec<(usize, thread::Result<R>)> = ended.into_iter().collect();
    outcomes.sort_unstable_by_key(|(place, _)| *place);
    // Stops at the first panic in the order of the items, and drops everything else.
    let results: thread::Result<Vec<R>> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
