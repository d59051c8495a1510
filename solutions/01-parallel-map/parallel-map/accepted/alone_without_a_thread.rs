//! accepted: with one worker or one item there is no thread at all
//! for when most lists are short: a thread costs more than a short call.

use std::any::Any;
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
    if workers == 1 || items.len() < 2 {
        return items.into_iter().map(f).collect();
    }
    let count = workers.min(items.len());
    let queue = Mutex::new(Some(items.into_iter().enumerate()));
    let results = Mutex::new(Vec::new());
    let first: Mutex<Option<(usize, Box<dyn Any + Send>)>> = Mutex::new(None);
    let take = || queue.lock().unwrap().as_mut()?.next();
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                while let Some((i, item)) = take() {
                    match catch_unwind(AssertUnwindSafe(|| f(item))) {
                        Ok(result) => results.lock().unwrap().push((i, result)),
                        Err(payload) => {
                            queue.lock().unwrap().take();
                            let mut first = first.lock().unwrap();
                            if first.as_ref().is_none_or(|(j, _)| i < *j) {
                                *first = Some((i, payload));
                            }
                        }
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    if let Some((_, payload)) = first.into_inner().unwrap() {
        drop(results);
        resume_unwind(payload);
    }
    results.sort_by_key(|(i, _)| *i);
    results.into_iter().map(|(_, result)| result).collect()
}
