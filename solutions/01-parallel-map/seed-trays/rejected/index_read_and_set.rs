//! breaks: clause 1 · finding: race
//! The next place is read and then set to one more, in two steps.

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
            let place = next.load(Ordering::SeqCst);
            next.store(place + 1, Ordering::SeqCst);
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
