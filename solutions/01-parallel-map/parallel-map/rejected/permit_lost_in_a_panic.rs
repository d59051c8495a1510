//! breaks: clause 4 · finding: deadlock
//! The permit is returned after the call. If that panics, the permit is gone, and the caller waits for one.

use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex};
use std::thread;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let (free, changed) = (Mutex::new(workers), Condvar::new());
    let ends: Vec<thread::Result<R>> = thread::scope(|scope| {
        let (free, changed, f) = (&free, &changed, &f);
        let mut threads = Vec::new();
        for item in items {
            *changed.wait_while(free.lock().unwrap(), |free| *free == 0).unwrap() -= 1;
            threads.push(scope.spawn(move || {
                let result = f(item);
                *free.lock().unwrap() += 1;
                changed.notify_one();
                result
            }));
        }
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let results: thread::Result<Vec<R>> = ends.into_iter().collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
