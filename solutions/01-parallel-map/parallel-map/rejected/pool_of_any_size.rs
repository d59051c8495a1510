//! breaks: clause 3 · finding: livelock
//! The pool has as many threads as were asked for, though there may be three items and a billion workers.

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
    let pool = ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
    pool.install(|| items.into_par_iter().with_max_len(1).panic_fuse().map(&f).collect())
}
