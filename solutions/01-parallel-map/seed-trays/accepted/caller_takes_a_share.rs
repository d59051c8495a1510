//! accepted: the caller takes the first share itself, so there is a thread less
//! for when the caller would only wait otherwise.

use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let size = photos.len().div_ceil(workers).max(1);
    let count = &count;
    thread::scope(|scope| {
        let mut shares = photos.chunks(size);
        let mine = shares.next().unwrap_or_default();
        let others: Vec<_> =
            shares.map(|share| scope.spawn(move || share.iter().map(count).collect::<Vec<C>>())).collect();
        let mut counts: Vec<C> = mine.iter().map(count).collect();
        counts.extend(others.into_iter().flat_map(|other| other.join().unwrap()));
        counts
    })
}
