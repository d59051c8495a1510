//! breaks: clause 3 · finding: oversubscribed
//! A loop that starts a thread for each worker, and most of them find the queue empty.

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
    let queue = Mutex::new(items.into_iter().enumerate());
    let ended = Mutex::new(Vec::new());
    let take = || queue.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((i, item)) = take() {
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    if end.is_err() {
                        while take().is_some() {}
                    }
                    ended.lock().unwrap().push((i, end));
                }
            });
        }
    });
    let mut ended: Vec<(usize, thread::Result<R>)> = ended.into_inner().unwrap();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
