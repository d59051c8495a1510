//! breaks: clause 2 · finding: sequential
//! There are never more than 64 shares.

use std::thread;

/// Counts the seedlings on the photo of every tray, on `workers` threads, and returns the counts in the order of the
/// trays.
///
/// # Panics
/// If `workers` is 0, and if `count` panics for a tray.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");

    // Rounded up, so that there are never more shares than workers; and never 0, so that there may be no photos.
    let size = photos.len().div_ceil(workers.min(64)).max(1);
    let count = &count;
    thread::scope(|scope| {
        // `collect` starts all workers before the first is joined.
        let workers: Vec<_> = photos
            .chunks(size)
            .map(|share| scope.spawn(move || share.iter().map(count).collect::<Vec<C>>()))
            .collect();
        // Each worker returns the counts of its share. The order of the workers is that of the shares, so no channel is
        // needed.
        let counts =
            |worker: thread::ScopedJoinHandle<'_, Vec<C>>| worker.join().expect("a photo made `count` panic");
        workers.into_iter().flat_map(counts).collect()
    })
}
