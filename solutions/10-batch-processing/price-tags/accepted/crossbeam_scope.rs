//! accepted: the scope of crossbeam
//! for when the rest of the program uses crossbeam already.

use crossbeam::thread;
use std::panic::resume_unwind;

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
    let f = &f;
    let all = thread::scope(|scope| {
        let mut batches = Vec::new();
        for batch in items.chunks(size) {
            batches.push(scope.spawn(move |_| f(batch)));
        }
        let ends: Vec<_> = batches.into_iter().map(|batch| batch.join()).collect();
        ends.into_iter().flat_map(|end| end.unwrap_or_else(|payload| resume_unwind(payload))).collect()
    });
    all.unwrap_or_else(|payload| resume_unwind(payload))
}
