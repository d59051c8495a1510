//! breaks: clause 3 · finding: oversubscribed
//! Every item has a thread, and `workers` is only asked whether it is 0.

use std::panic::resume_unwind;
use std::thread;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let ends: Vec<_> = thread::scope(|scope| {
        let f = &f;
        let threads: Vec<_> = items.into_iter().map(|item| scope.spawn(move || f(item))).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut results = Vec::new();
    for end in ends {
        results.push(end.unwrap_or_else(|payload| resume_unwind(payload)));
    }
    results
}
