//! accepted: the handles are kept in a list that a loop fills, and taken from its front
//! for when you want to see each thread start: a loop is never lazy.

use std::collections::VecDeque;
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
    thread::scope(|scope| {
        let mut threads = VecDeque::new();
        for share in photos.chunks(size) {
            let count = &count;
            threads.push_back(scope.spawn(move || {
                let mut counts = Vec::new();
                for photo in share {
                    counts.push(count(photo));
                }
                counts
            }));
        }
        let mut counts = Vec::new();
        while let Some(thread) = threads.pop_front() {
            counts.append(&mut thread.join().expect("a photo could not be counted"));
        }
        counts
    })
}
