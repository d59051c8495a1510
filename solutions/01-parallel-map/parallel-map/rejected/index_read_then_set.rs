//! breaks: clause 1 · finding: race
//! The next index is read, and then set to one more. Two workers can read the same.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let slots: Vec<_> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut ended = Vec::new();
        loop {
            let i = next.load(Ordering::SeqCst);
            if i >= slots.len() {
                return ended;
            }
            next.store(i + 1, Ordering::SeqCst);
            let Some(item) = slots[i].lock().unwrap().take() else { return ended };
            let end = catch_unwind(AssertUnwindSafe(|| f(item)));
            if end.is_err() {
                next.store(slots.len(), Ordering::SeqCst);
            }
            ended.push((i, end));
        }
    };
    let mut ended: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(slots.len())).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
