//! breaks: clause 5 · finding: swallowed-panic
//! A share in which a photo panicked is counted again without the photos that panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
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
        let threads: Vec<_> = photos
            .chunks(size)
            .map(|share| (share, scope.spawn(move || share.iter().map(count).collect::<Vec<C>>())))
            .collect();
        let mut counts = Vec::new();
        for (share, thread) in threads {
            match thread.join() {
                Ok(part) => counts.extend(part),
                Err(_) => {
                    let again = share.iter().map(|photo| catch_unwind(AssertUnwindSafe(|| count(photo))));
                    counts.extend(again.flatten());
                }
            }
        }
        counts
    })
}
