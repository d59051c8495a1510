//! breaks: clause 2 · finding: sequential
//! There are never more than 256 threads.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "items need at least one worker");
    let threads = workers.min(items.len()).min(256);
    // `None`: no further item begins.
    let queue = Mutex::new(Some(items.into_iter().enumerate()));
    let next = || queue.lock().unwrap().as_mut().and_then(Iterator::next);
    let close = || {
        let rest = queue.lock().unwrap().take();
        drop(rest);
    };

    let work = || {
        let mut mine = Vec::new();
        while let Some((place, item)) = next() {
            let outcome = catch_unwind(AssertUnwindSafe(|| f(item)));
            if outcome.is_err() {
                close();
            }
            mine.push((place, outcome));
        }
        mine
    };
    let mut outcomes: Vec<(usize, thread::Result<R>)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("panics are caught")).collect()
    });
    outcomes.sort_unstable_by_key(|(place, _)| *place);
    // Stops at the first panic in the order of the items, and drops everything else.
    let results: thread::Result<Vec<R>> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
