//! breaks: clause 4 · finding: wrong-answer
//! The flag that stops the workers after a panic is a `static`, so it stops those of all calls.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let count = items.len();
    let before = PANICS.load(Ordering::SeqCst);
    let queue = Mutex::new(items.into_iter().enumerate());
    let take = || queue.lock().unwrap().next();
    let worker = || {
        let mut ended = Vec::new();
        while PANICS.load(Ordering::SeqCst) == before
            && let Some((i, item)) = take()
        {
            let end = catch_unwind(AssertUnwindSafe(|| f(item)));
            if end.is_err() {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            ended.push((i, end));
        }
        ended
    };
    let mut ended: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(count)).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    drop(queue);
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
