//! breaks: clause 3 · finding: sequential
//! A lazy iterator starts a thread and waits for it, before it starts the next one.

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
        let batches = items.chunks(size).map(|batch| scope.spawn(|| f(batch)));
        batches.flat_map(|batch| batch.join().unwrap_or_else(|payload| resume_unwind(payload))).collect()
    })
}
