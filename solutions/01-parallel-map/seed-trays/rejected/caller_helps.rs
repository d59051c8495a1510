//! breaks: clause 3 · finding: oversubscribed
//! The caller counts the last share itself, beside as many workers as it may have.

use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let size = photos.len().div_ceil(workers + 1).max(1);
    let count = &count;
    thread::scope(|scope| {
        let mut shares = photos.chunks(size);
        let mine = shares.next_back();
        let threads: Vec<_> =
            shares.map(|share| scope.spawn(move || share.iter().map(count).collect::<Vec<C>>())).collect();
        let mine: Vec<C> = mine.into_iter().flatten().map(count).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).chain(mine).collect()
    })
}
