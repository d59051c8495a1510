//! accepted: a channel of items that the workers share, and one of results
//! for when the caller wants to do something with each result as it comes.

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
    let mut ends: Vec<_> = items.iter().map(|_| None).collect();
    let count = workers.min(items.len());
    let (sender, receiver) = mpsc::channel();
    items.into_iter().enumerate().for_each(|item| sender.send(item).unwrap());
    drop(sender);
    let queue = Mutex::new(Some(receiver));
    let take = || queue.lock().unwrap().as_ref()?.recv().ok();
    let (ended, news) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..count {
            let (ended, f) = (ended.clone(), &f);
            scope.spawn(move || {
                while let Some((i, item)) = take() {
                    ended.send((i, catch_unwind(AssertUnwindSafe(|| f(item))))).unwrap();
                }
            });
        }
        drop(ended);
        for (i, end) in news {
            if end.is_err() {
                drop(queue.lock().unwrap().take());
            }
            ends[i] = Some(end);
        }
    });
    let mut results = Vec::new();
    for end in ends.into_iter().flatten() {
        match end {
            Ok(result) => results.push(result),
            Err(payload) => {
                drop(results);
                resume_unwind(payload);
            }
        }
    }
    results
}
