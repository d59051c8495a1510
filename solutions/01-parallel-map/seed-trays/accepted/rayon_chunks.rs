//! accepted: rayon on shares, in a pool with a thread for each
//! for when calls are short: a share is one job, and rayon has little to deal out.

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
    let size = photos.len().div_ceil(workers).max(1);
    let pool = ThreadPoolBuilder::new().num_threads(photos.len().div_ceil(size).max(1)).build().unwrap();
    let shares: Vec<Vec<C>> = pool.install(|| {
        photos.par_chunks(size).with_max_len(1).map(|share| share.iter().map(&count).collect()).collect()
    });
    shares.into_iter().flatten().collect()
}
