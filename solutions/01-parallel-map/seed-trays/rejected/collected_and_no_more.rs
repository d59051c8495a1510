//! breaks: clause 1 · finding: race
//! The workers are collected, and so run at the same time. Now the counts come as they are ready.

use std::sync::mpsc;
use std::thread;

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
        let workers: Vec<_> = photos
            .chunks(size)
            .map(|share| {
                let (sender, count) = (sender.clone(), &count);
                scope.spawn(move || {
                    for photo in share {
                        sender.send(count(photo)).unwrap();
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.join().unwrap();
        }
    });
    drop(sender);
    counts.into_iter().collect()
}
