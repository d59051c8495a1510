//! breaks: clause 3 · finding: oversubscribed
//! A thread for each photo: quick, in order, and without a bound.

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
    thread::scope(|scope| {
        let threads: Vec<_> = photos.iter().map(|photo| scope.spawn(move || count(photo))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
