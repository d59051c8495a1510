//! accepted: a slot for the results of each batch, which its thread writes into
//! for when the results should land in memory that is there already.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

/// Calls `f` for each batch of `size` items, for all batches in parallel. Returns all results as one list, in the order
/// of the items.
///
/// # Panics
/// If `size` is 0, or with the payload of `f` if `f` panics.
pub fn batch_process<T, R, F>(items: &[T], size: usize, f: F) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&[T]) -> Vec<R> + Sync,
{
    let mut slots: Vec<_> = items.chunks(size).map(|batch| (batch, None)).collect();
    thread::scope(|scope| {
        for (batch, slot) in &mut slots {
            let f = &f;
            scope.spawn(move || *slot = Some(catch_unwind(AssertUnwindSafe(|| f(batch)))));
        }
    });
    let mut list = Vec::new();
    for (_, slot) in slots {
        match slot.expect("the scope waits for every thread") {
            Ok(results) => list.extend(results),
            Err(payload) => resume_unwind(payload),
        }
    }
    list
}
