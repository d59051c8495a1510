//! accepted: as many photos as there are workers at a time, a thread for each
//! for when a photo needs a thread of its own, and all take equally long.

use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let count = &count;
    let mut counts = Vec::with_capacity(photos.len());
    for wave in photos.chunks(workers) {
        thread::scope(|scope| {
            let threads: Vec<_> = wave.iter().map(|photo| scope.spawn(move || count(photo))).collect();
            counts.extend(threads.into_iter().map(|thread| thread.join().unwrap()));
        });
    }
    counts
}
