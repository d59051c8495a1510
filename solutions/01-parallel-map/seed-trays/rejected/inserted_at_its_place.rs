//! breaks: clause 1 · finding: race
//! A count is inserted at its place in a list that may still be too short for it.

use std::sync::Mutex;
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
    let counts = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for (number, share) in photos.chunks(size).enumerate() {
            let (counts, count) = (&counts, &count);
            scope.spawn(move || {
                for (place, photo) in share.iter().enumerate() {
                    let counted = count(photo);
                    let mut counts = counts.lock().unwrap();
                    let place = (number * size + place).min(counts.len());
                    counts.insert(place, counted);
                }
            });
        }
    });
    counts.into_inner().unwrap()
}
