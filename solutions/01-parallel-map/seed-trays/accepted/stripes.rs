//! accepted: each worker takes every so-manieth photo, and the counts are taken from the stripes in turn
//! for when long photos lie together: neighbours go to different workers.

use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let count = &count;
    let mut stripes: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(photos.len()))
            .map(|first| {
                let stripe = photos.iter().skip(first).step_by(workers);
                scope.spawn(move || stripe.map(count).collect::<Vec<C>>())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap().into_iter()).collect()
    });
    let stripes_in_turn = (0..photos.len()).map(|place| place % workers);
    stripes_in_turn.map(|stripe| stripes[stripe].next().expect("a count for each photo")).collect()
}
