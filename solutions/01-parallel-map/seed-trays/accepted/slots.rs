//! accepted: the list of counts exists beforehand, and each worker borrows its part of it
//! for when the results should be written where they belong, without a copy.

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
    let mut counts: Vec<Option<C>> = photos.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for (share, places) in photos.chunks(size).zip(counts.chunks_mut(size)) {
            let count = &count;
            scope.spawn(move || {
                for (photo, place) in share.iter().zip(places) {
                    *place = Some(count(photo));
                }
            });
        }
    });
    counts.into_iter().map(|count| count.expect("each photo has been counted")).collect()
}
