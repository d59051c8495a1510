//! breaks: clause 1 · finding: wrong-answer
//! The last batch is left out if it is not full.

use std::panic::resume_unwind;
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
    thread::scope(|scope| {
        let batches: Vec<_> = items.chunks_exact(size).map(|batch| scope.spawn(|| f(batch))).collect();
        batches
            .into_iter()
            .flat_map(|batch| batch.join().unwrap_or_else(|payload| resume_unwind(payload)))
            .collect()
    })
}
