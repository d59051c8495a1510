//! breaks: clause 1 · finding: race
//! The next place is a `static` that each call sets to 0, also while another call is at work.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    NEXT.store(0, Ordering::SeqCst);
    let worker = || {
        let mut mine = Vec::new();
        loop {
            let place = NEXT.fetch_add(1, Ordering::SeqCst);
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
