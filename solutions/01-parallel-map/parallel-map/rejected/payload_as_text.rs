//! breaks: clause 4 · finding: wrong-answer
//! The payload is made into a text, and the call panics with that. What was no text is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
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
    for (_, end) in ended {
        match end {
            Ok(result) => results.push(result),
            Err(payload) => {
                let text = payload.downcast_ref::<String>().cloned();
                let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| text.to_string()));
                panic!("{}", text.unwrap_or_else(|| "an item panicked".to_owned()));
            }
        }
    }
    results
}
