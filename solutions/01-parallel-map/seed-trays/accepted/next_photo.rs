//! accepted: an atomic index; each worker takes the next photo and keeps its counts with their places
//! for when photos take differently long: nobody waits behind a slow share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut mine = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(photo) = photos.get(place) else { return mine };
            mine.push((place, count(photo)));
        }
    };
    let mut counts: Vec<(usize, C)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.min(photos.len())).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    counts.sort_unstable_by_key(|(place, _)| *place);
    counts.into_iter().map(|(_, count)| count).collect()
}
