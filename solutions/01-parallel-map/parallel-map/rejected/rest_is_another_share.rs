//! breaks: clause 3 · finding: oversubscribed
//! The size of a share is rounded down, so the rest makes one more share, and one more thread.

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
    let size = (items.len() / workers).max(1);
    let mut items = items.into_iter();
    let ends: Vec<_> = thread::scope(|scope| {
        let mut threads = Vec::new();
        loop {
            let share: Vec<T> = items.by_ref().take(size).collect();
            if share.is_empty() {
                break;
            }
            threads.push(scope.spawn(|| share.into_iter().map(&f).collect::<Vec<R>>()));
        }
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut results = Vec::new();
    for end in ends {
        results.extend(end.unwrap_or_else(|payload| resume_unwind(payload)));
    }
    results
}
