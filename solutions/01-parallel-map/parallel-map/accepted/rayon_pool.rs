//! accepted: a rayon pool of that size, and an indexed parallel iterator whose parts are single items
//! for when you have rayon anyway. By itself it makes parts of several items, which is right for short calls and wrong for
//! calls that wait; `with_max_len(1)` ends that. `panic_fuse` keeps further items from being begun after a panic.

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

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
    pool.install(|| items.into_par_iter().with_max_len(1).panic_fuse().map(&f).collect())
}
