//! accepted: a thread for each photo, of which only so many have a permit
//! for when the limit may change while it runs.

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
    let (free, changed) = (Mutex::new(workers), Condvar::new());
    let ends: Vec<thread::Result<C>> = thread::scope(|scope| {
        let (free, changed, count) = (&free, &changed, &count);
        let threads: Vec<_> = photos
            .iter()
            .map(|photo| {
                *changed.wait_while(free.lock().unwrap(), |free| *free == 0).unwrap() -= 1;
                scope.spawn(move || {
                    let end = catch_unwind(AssertUnwindSafe(|| count(photo)));
                    *free.lock().unwrap() += 1;
                    changed.notify_one();
                    end.unwrap_or_else(|payload| resume_unwind(payload))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    ends.into_iter().map(|end| end.unwrap_or_else(|payload| resume_unwind(payload))).collect()
}
