//! breaks: clause 2 · finding: sequential
//! A shared list under a lock. What `push` is called on comes before what is pushed, so the lock is held while counting.

use std::sync::Mutex;
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
    let counts = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..workers.min(photos.len()) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(photo) = photos.get(place) else { break };
                    counts.lock().unwrap().push((place, count(photo)));
                }
            });
        }
    });
    let mut counts = counts.into_inner().unwrap();
    counts.sort_unstable_by_key(|(place, _)| *place);
    counts.into_iter().map(|(_, count)| count).collect()
}
