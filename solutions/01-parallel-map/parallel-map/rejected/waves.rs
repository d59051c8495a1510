//! breaks: clause 2 · finding: sequential
//! As many items as there are workers at a time. The next wave begins when the slowest of the last one has ended.

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
    let mut items = items.into_iter();
    let mut results = Vec::new();
    loop {
        let wave: Vec<T> = items.by_ref().take(workers).collect();
        if wave.is_empty() {
            return results;
        }
        let ends: Vec<_> = thread::scope(|scope| {
            let f = &f;
            let threads: Vec<_> = wave.into_iter().map(|item| scope.spawn(move || f(item))).collect();
            threads.into_iter().map(|thread| thread.join()).collect()
        });
        for end in ends {
            results.push(end.unwrap_or_else(|payload| resume_unwind(payload)));
        }
    }
}
