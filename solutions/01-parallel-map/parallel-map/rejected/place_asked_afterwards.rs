//! breaks: clause 1 · finding: race
//! A result is pushed at the end of the list, and its place is counted: the results that are there already.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let count = workers.min(items.len());
    let queue = Mutex::new(items.into_iter());
    let ended = Mutex::new(Vec::new());
    let take = || queue.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                while let Some(item) = take() {
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    if end.is_err() {
                        while take().is_some() {}
                    }
                    let mut ended = ended.lock().unwrap();
                    let i = ended.len();
                    ended.push((i, end));
                }
            });
        }
    });
    let mut ended: Vec<(usize, thread::Result<R>)> = ended.into_inner().unwrap();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
