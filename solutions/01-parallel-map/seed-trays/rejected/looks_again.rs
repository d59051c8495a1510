//! breaks: clause 7 · finding: busy-wait
//! The caller asks the channel again and again.

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
        for (share, photos) in photos.chunks(size).enumerate() {
            let (sender, count) = (sender.clone(), &count);
            scope.spawn(move || {
                for (place, photo) in photos.iter().enumerate() {
                    sender.send((share * size + place, count(photo))).unwrap();
                }
            });
        }
        drop(sender);
        let mut all: Vec<(usize, C)> = Vec::new();
        loop {
            match counts.try_recv() {
                Ok(count) => all.push(count),
                Err(mpsc::TryRecvError::Empty) => thread::yield_now(),
                Err(mpsc::TryRecvError::Disconnected) => break,
            }
        }
        all.sort_unstable_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, count)| count).collect()
    })
}
