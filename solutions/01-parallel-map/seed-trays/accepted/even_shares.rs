//! accepted: shares that differ by one photo at most, cut off the front
//! for when as many workers as possible should have something to do: five photos and four workers make four shares.

use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let mut rest = photos;
    let count = &count;
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for left in (1..=workers.min(photos.len())).rev() {
            let (share, others) = rest.split_at(rest.len().div_ceil(left));
            rest = others;
            threads.push(scope.spawn(move || share.iter().map(count).collect::<Vec<C>>()));
        }
        let mut counts = Vec::with_capacity(photos.len());
        for thread in threads {
            counts.append(&mut thread.join().unwrap());
        }
        counts
    })
}
