//! breaks: clause 4 · finding: too-late
//! As it should be with rayon, but for one thing: after a panic it goes on with all other items.

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
    pool.install(|| items.into_par_iter().with_max_len(1).map(&f).collect())
}
