//! accepted: the channel stays; each count travels with its place
//! for when little should be changed.

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
                    sender
                        .send((share * size + place, count(photo)))
                        .expect("the receiver outlives the workers");
                }
            });
        }
    });
    drop(sender);
    let mut counts: Vec<(usize, C)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(place, _)| *place);
    counts.into_iter().map(|(_, count)| count).collect()
}
