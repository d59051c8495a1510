//! breaks: clause 3 · finding: oversubscribed
//! Rayon keeps the order, and its global pool has as many threads as there are processors.

use rayon::prelude::*;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    photos.par_iter().with_max_len(1).map(&count).collect()
}
