//! breaks: clause 7 · finding: busy-wait
//! A worker that finds no item spins until all items have ended, in case one should come back.

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
    let total = items.len();
    let queue = Mutex::new(items.into_iter().enumerate());
    let ended = Mutex::new(Vec::new());
    let left = AtomicUsize::new(total);
    let take = || queue.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..workers.min(total) {
            scope.spawn(|| {
                while left.load(Ordering::SeqCst) > 0 {
                    let Some((i, item)) = take() else {
                        std::hint::spin_loop();
                        continue;
                    };
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    let mut gone = 1;
                    if end.is_err() {
                        while take().is_some() {
                            gone += 1;
                        }
                    }
                    ended.lock().unwrap().push((i, end));
                    left.fetch_sub(gone, Ordering::SeqCst);
                }
            });
        }
    });
    let mut ended: Vec<(usize, thread::Result<R>)> = ended.into_inner().unwrap();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
