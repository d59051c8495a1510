//! breaks: clause 5 · finding: race
//! The first payload comes out, and the others are forgotten with `mem::forget`, since dropping them might panic.

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
        let threads: Vec<_> = (0..workers.min(count)).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    ended.sort_by_key(|(i, _)| *i);
    let mut results = Vec::new();
    let mut first = None;
    for (_, end) in ended {
        match (end, first.is_some()) {
            (Ok(result), _) => results.push(result),
            (Err(payload), false) => first = Some(payload),
            (Err(payload), true) => std::mem::forget(payload),
        }
    }
    if let Some(payload) = first {
        drop(results);
        resume_unwind(payload);
    }
    results
}
