//! Price tags, solved with a thread for each batch.
//!
//! The threads are started first, all of them: `collect` is what starts them. Then they are waited for, in the order of
//! their batches. So it does not matter in which order they end.

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
        // `chunks` panics for a size of 0, before any thread is started.
        let batches: Vec<_> = items.chunks(size).map(|batch| scope.spawn(|| f(batch))).collect();
        batches
            .into_iter()
            .flat_map(|batch| batch.join().unwrap_or_else(|payload| resume_unwind(payload)))
            .collect()
    })
}
