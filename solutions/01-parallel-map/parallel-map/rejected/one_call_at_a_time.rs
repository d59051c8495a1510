//! breaks: clause 1 · finding: sequential
//! A lock that all calls share: a call waits until another one has ended, and for ever if that is the one it is made from.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

static CALLS: Mutex<()> = Mutex::new(());

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let _only = CALLS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
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
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
