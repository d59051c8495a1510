//! breaks: clause 5 · finding: crashed
//! After a panic the whole program is ended, so that no wrong label can be printed.

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
        let threads: Vec<_> = photos
            .chunks(size)
            .map(|share| scope.spawn(move || share.iter().map(count).collect::<Vec<C>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|_| std::process::abort()))
            .collect()
    })
}
