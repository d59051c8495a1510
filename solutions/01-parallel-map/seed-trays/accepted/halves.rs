//! accepted: photos and workers are halved until one worker is left; the right half gets a thread
//! for when you think in recursion: this is how rayon's `join` works.

use std::thread;

fn halves<P: Sync, C: Send>(photos: &[P], workers: usize, count: &(impl Fn(&P) -> C + Sync)) -> Vec<C> {
    if workers == 1 || photos.len() < 2 {
        return photos.iter().map(count).collect();
    }
    let mine = workers / 2;
    let (left, right) = photos.split_at(photos.len() * mine / workers);
    thread::scope(|scope| {
        let right = scope.spawn(|| halves(right, workers - mine, count));
        let mut counts = halves(left, mine, count);
        counts.extend(right.join().unwrap());
        counts
    })
}

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    halves(photos, workers, &count)
}
