//! breaks: clause 2 · finding: sequential
//! The caller is counted as a worker, and does not work.

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
    let count = items.len();
    let queue = Mutex::new(items.into_iter().enumerate());
    let take = || queue.lock().unwrap().next();
    let worker = || {
        let mut ended = Vec::new();
        while let Some((i, item)) = take() {
            let end = catch_unwind(AssertUnwindSafe(|| f(item)));
            if end.is_err() {
                drop(std::mem::replace(&mut *queue.lock().unwrap(), Vec::new().into_iter().enumerate()));
            }
            ended.push((i, end));
        }
        ended
    };
    let mut ended: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..workers.min(count).saturating_sub(1).max(1)).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
