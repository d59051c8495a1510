//! breaks: clause 1 · finding: race
//! So that the counts arrive in order, each worker waits a millisecond longer than the one before it.

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
    thread::scope(|scope| {
        for (number, share) in photos.chunks(size).enumerate() {
            let (sender, count) = (sender.clone(), &count);
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(number as u64));
                for photo in share {
                    sender.send(count(photo)).unwrap();
                }
            });
        }
    });
    drop(sender);
    counts.into_iter().collect()
}
