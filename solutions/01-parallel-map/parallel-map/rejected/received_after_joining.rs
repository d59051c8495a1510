//! breaks: clause 1 · finding: deadlock
//! A channel with few places is read only when all workers have been joined. They wait for room in it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, mpsc};
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
    let queue = Mutex::new(items.into_iter().enumerate());
    let take = || queue.lock().unwrap().next();
    let (sender, receiver) = mpsc::sync_channel(count);
    thread::scope(|scope| {
        for _ in 0..count {
            let (sender, f) = (sender.clone(), &f);
            scope.spawn(move || {
                while let Some((i, item)) = take() {
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    if end.is_err() {
                        while take().is_some() {}
                    }
                    sender.send((i, end)).unwrap();
                }
            });
        }
    });
    drop(sender);
    let mut ended: Vec<(usize, thread::Result<R>)> = receiver.into_iter().collect();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
