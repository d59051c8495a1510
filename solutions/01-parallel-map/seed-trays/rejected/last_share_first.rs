//! breaks: clause 1 · finding: wrong-answer
//! The handles are popped from the end of the list.

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
    let count = &count;
    thread::scope(|scope| {
        let mut threads: Vec<_> = photos
            .chunks(size)
            .map(|share| scope.spawn(move || share.iter().map(count).collect::<Vec<C>>()))
            .collect();
        let mut counts = Vec::new();
        while let Some(thread) = threads.pop() {
            counts.extend(thread.join().unwrap());
        }
        counts
    })
}
