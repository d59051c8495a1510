//! breaks: clause 2 · finding: sequential
//! Rounded down, and the last worker gets all of the rest: with 7 photos and 4 workers that is 4 photos.

use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");
    let workers = workers.min(photos.len());
    let size = if workers == 0 { 0 } else { photos.len() / workers };
    let count = &count;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let end = if worker + 1 == workers { photos.len() } else { (worker + 1) * size };
                let share = &photos[worker * size..end];
                scope.spawn(move || share.iter().map(count).collect::<Vec<C>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}
