//! Seed trays: several workers count the seedlings on photos of trays.

use std::sync::mpsc;
use std::thread;

/// Counts the seedlings on the photo of every tray, on `workers` threads, and returns the counts in the order of the
/// trays.
///
/// # Panics
/// If `workers` is 0, and if `count` panics for a tray.
pub fn count_all<P, C, F>(photos: &[P], workers: usize, count: F) -> Vec<C>
where
    P: Sync,
    C: Send,
    F: Fn(&P) -> C + Sync,
{
    assert!(workers > 0, "photos need at least one worker");

    let (sender, counts) = mpsc::channel();
    thread::scope(|scope| {
        // Each worker gets its share of the photos, and sends what it has counted.
        let workers = photos.chunks(photos.len() / workers).map(|share| {
            let (sender, count) = (sender.clone(), &count);
            scope.spawn(move || {
                for photo in share {
                    sender.send(count(photo)).expect("the receiver outlives the workers");
                }
            })
        });
        // Wait until all of them have finished.
        for worker in workers {
            worker.join().expect("no photo makes a worker panic");
        }
    });

    // The workers have clones of the sender. Without this, the list of counts would never end.
    drop(sender);
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noor's test.
    #[test]
    fn eight_trays_and_four_workers() {
        let photos = [118, 102, 97, 120, 88, 109, 94, 101];
        for _ in 0..100 {
            let labels = count_all(&photos, 4, |seedlings| format!("{seedlings} seedlings"));
            let wanted: Vec<String> =
                photos.iter().map(|seedlings| format!("{seedlings} seedlings")).collect();
            assert_eq!(labels, wanted);
        }
    }
}
