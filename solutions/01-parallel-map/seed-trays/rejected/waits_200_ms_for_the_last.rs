//! breaks: clause 1 · finding: race
//! A count that does not come within 200 ms is taken for the end of all counts.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let (sender, counts) = mpsc::channel();
    let size = photos.len().div_ceil(workers).max(1);
    let mut counts: Vec<(usize, C)> = thread::scope(|scope| {
        for (number, share) in photos.chunks(size).enumerate() {
            let (sender, count) = (sender.clone(), &count);
            scope.spawn(move || {
                for (place, photo) in share.iter().enumerate() {
                    sender.send((number * size + place, count(photo))).ok();
                }
            });
        }
        let next = || counts.recv_timeout(Duration::from_millis(200)).ok();
        std::iter::from_fn(next).collect()
    });
    counts.sort_unstable_by_key(|(place, _)| *place);
    counts.into_iter().map(|(_, count)| count).collect()
}
