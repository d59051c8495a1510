//! A parallel map, solved with a queue under a lock and a catch around each call of `f`.
//!
//! Three questions make the program. Who gets which item? Whoever is free takes the next one, so nobody waits behind
//! a slow item. Where does a result belong? It travels with its index. What becomes of a panic? It is caught where it
//! happens, because only there is it known whose it is. Then the queue is emptied, and the workers end as they always do.

use std::any::Any;
use std::iter::Enumerate;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::vec;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
///
/// # Panics
/// If `workers` is 0. If `f` panics for an item, with the payload of that panic; if it panics for several items, with
/// that of the one that stands first in `items`.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");

    // A worker without an item would have nothing to do, and `workers` may be a very large number.
    let count = workers.min(items.len());
    let queue = Queue::of(items);
    let worker = || {
        let mut ended = Vec::new();
        // `take` has released the lock when it returns. `f` runs without it.
        while let Some((i, item)) = queue.take() {
            // `AssertUnwindSafe`: the item is gone, and what the caller shares between items is the caller's to protect.
            let end = catch_unwind(AssertUnwindSafe(|| f(item)));
            if end.is_err() {
                queue.clear();
            }
            ended.push((i, end));
        }
        ended
    };

    // All workers are started before the first is joined. The scope lets them borrow the queue and `f`.
    let mut ended: Vec<Ended<R>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a worker catches panics")).collect()
    });
    // Each worker's part is in order, but one part lies behind the other.
    ended.sort_unstable_by_key(|(i, _)| *i);

    // `collect` stops at the first `Err`, which is now that of the first item. What has been collected is dropped.
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload: Box<dyn Any + Send>| resume_unwind(payload))
}

/// An index, with the result or the panic of its item.
type Ended<R> = (usize, thread::Result<R>);

/// The items that have not begun, each with its index.
struct Queue<T>(Mutex<Enumerate<vec::IntoIter<T>>>);

impl<T> Queue<T> {
    fn of(items: Vec<T>) -> Self {
        Self(Mutex::new(items.into_iter().enumerate()))
    }

    fn take(&self) -> Option<(usize, T)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// Drops the items that are left. That runs code of theirs, so it is done after the lock has been released.
    fn clear(&self) {
        let empty = Vec::new().into_iter().enumerate();
        let left = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), empty);
        drop(left);
    }
}
