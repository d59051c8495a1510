//! accepted: a crossbeam channel of photos with their places, which all workers receive from
//! for when photos come while others are counted.

use crossbeam::channel;
use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let (photo_sender, queue) = channel::unbounded();
    let (count_sender, counted) = channel::unbounded();
    photos.iter().enumerate().for_each(|photo| photo_sender.send(photo).unwrap());
    drop(photo_sender);
    let mut counts: Vec<Option<C>> = photos.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..workers.min(photos.len()) {
            let (queue, count_sender, count) = (queue.clone(), count_sender.clone(), &count);
            scope.spawn(move || {
                for (place, photo) in queue {
                    count_sender.send((place, count(photo))).unwrap();
                }
            });
        }
        drop(count_sender);
        for (place, count) in counted {
            counts[place] = Some(count);
        }
    });
    counts.into_iter().map(Option::unwrap).collect()
}
