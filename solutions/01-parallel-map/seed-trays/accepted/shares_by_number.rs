//! accepted: the shares go into a map, by their number
//! for when the shares are done by somebody else, and come back in any order.

use std::collections::BTreeMap;
use std::sync::Mutex;
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
    let done = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for (number, share) in photos.chunks(size).enumerate() {
            let (done, count) = (&done, &count);
            scope.spawn(move || {
                let counts: Vec<C> = share.iter().map(count).collect();
                done.lock().unwrap().insert(number, counts);
            });
        }
    });
    done.into_inner().unwrap().into_values().flatten().collect()
}
