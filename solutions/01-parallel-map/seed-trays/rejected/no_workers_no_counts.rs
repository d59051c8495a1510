//! breaks: clause 3 · finding: wrong-answer
//! Without workers it returns an empty list, as if there had been no photos.

use std::thread;

/// Counts the seedlings on the photo of every tray, and returns the counts in the order of the trays.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    if workers == 0 || photos.is_empty() {
        return Vec::new();
    }
    let size = photos.len().div_ceil(workers);
    let count = &count;
    thread::scope(|scope| {
        let threads: Vec<_> = photos
            .chunks(size)
            .map(|share| scope.spawn(move || share.iter().map(count).collect::<Vec<C>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}
