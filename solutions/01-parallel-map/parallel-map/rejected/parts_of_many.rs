//! breaks: clause 2 · finding: sequential
//! A rayon pool of the right size. Rayon makes parts of several items, and a part is one worker's, though others are free.

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
    pool.install(|| items.into_par_iter().panic_fuse().map(&f).collect())
}
