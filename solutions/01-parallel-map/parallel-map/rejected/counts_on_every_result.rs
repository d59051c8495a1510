//! breaks: clause 4 · finding: deadlock
//! As many results are received as there are items. A sender lives with the caller, so after a panic the wait has no end.

use std::sync::{Mutex, PoisonError, mpsc};
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
    let (sender, results) = mpsc::channel();
    let take = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..workers.min(count) {
            let (sender, f) = (sender.clone(), &f);
            scope.spawn(move || {
                while let Some((i, item)) = take() {
                    sender.send((i, f(item))).unwrap();
                }
            });
        }
        let mut done: Vec<_> = (0..count).map(|_| results.recv().unwrap()).collect();
        done.sort_by_key(|(i, _)| *i);
        done.into_iter().map(|(_, result)| result).collect()
    })
}
