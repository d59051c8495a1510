//! accepted: a rayon pool of that size, with a photo as the smallest part
//! for when you have rayon anyway: its `collect` keeps the order.

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    if photos.is_empty() {
        return Vec::new();
    }
    let pool = ThreadPoolBuilder::new().num_threads(workers.min(photos.len())).build().unwrap();
    pool.install(|| photos.par_iter().with_max_len(1).map(&count).collect())
}
