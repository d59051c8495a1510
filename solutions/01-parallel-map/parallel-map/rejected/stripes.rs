//! breaks: clause 2 · finding: sequential
//! Each worker has every item whose index leaves its own rest. Who has short ones is idle, and nothing stops after a panic.

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
    let count = workers.min(items.len());
    let total = items.len();
    let mut stripes: Vec<Vec<T>> = (0..count).map(|_| Vec::new()).collect();
    for (i, item) in items.into_iter().enumerate() {
        stripes[i % count].push(item);
    }
    let ends: Vec<thread::Result<Vec<R>>> = thread::scope(|scope| {
        let f = &f;
        let threads: Vec<_> = stripes
            .into_iter()
            .map(|stripe| scope.spawn(move || stripe.into_iter().map(f).collect::<Vec<R>>()))
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut done = Vec::new();
    for end in ends {
        done.push(end.unwrap_or_else(|payload| resume_unwind(payload)).into_iter());
    }
    (0..total).map(|i| done[i % count].next().unwrap()).collect()
}
