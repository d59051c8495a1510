//! breaks: clause 1 · finding: deadlock
//! The caller waits until all shares are there, with a wait that looks before it locks. The last notification can be missed.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex};
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
    let shares = photos.len().div_ceil(size);
    let (done, changed) = (Mutex::new(Vec::new()), Condvar::new());
    thread::scope(|scope| {
        for (number, share) in photos.chunks(size).enumerate() {
            let (done, changed, count) = (&done, &changed, &count);
            scope.spawn(move || {
                let counts = catch_unwind(AssertUnwindSafe(|| share.iter().map(count).collect::<Vec<C>>()));
                done.lock().unwrap().push((number, counts));
                changed.notify_one();
            });
        }
        while done.lock().unwrap().len() < shares {
            drop(changed.wait(done.lock().unwrap()).unwrap());
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().flat_map(|(_, counts)| counts.unwrap_or_else(|payload| resume_unwind(payload))).collect()
}
