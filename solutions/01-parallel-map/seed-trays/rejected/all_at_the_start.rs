//! breaks: clause 4 · finding: deadlock
//! All workers meet at a barrier before they count. With fewer shares than workers it never opens.

use std::sync::Barrier;
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
    let start = Barrier::new(workers);
    thread::scope(|scope| {
        let (start, count) = (&start, &count);
        let threads: Vec<_> = photos
            .chunks(size)
            .map(|share| {
                scope.spawn(move || {
                    start.wait();
                    share.iter().map(count).collect::<Vec<C>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}
