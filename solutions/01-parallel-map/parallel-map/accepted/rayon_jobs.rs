//! accepted: a rayon pool, a job for each item, and a map of what has ended
//! for when items are jobs of their own: no iterator decides what belongs together.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rayon::ThreadPoolBuilder;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    if items.is_empty() {
        return Vec::new();
    }
    let pool = ThreadPoolBuilder::new().num_threads(workers.min(items.len())).build().unwrap();
    let ended = Mutex::new(BTreeMap::new());
    let stop = AtomicBool::new(false);
    pool.scope(|scope| {
        for (i, item) in items.into_iter().enumerate() {
            let (f, ended, stop) = (&f, &ended, &stop);
            scope.spawn(move |_| {
                if !stop.load(Ordering::SeqCst) {
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    if end.is_err() {
                        stop.store(true, Ordering::SeqCst);
                    }
                    ended.lock().unwrap().insert(i, end);
                }
            });
        }
    });
    let results: thread::Result<Vec<R>> = ended.into_inner().unwrap().into_values().collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
