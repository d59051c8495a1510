//! breaks: clause 3 · finding: sequential
//! Rayon's pool has a thread for each processor, and there may be more batches.

use rayon::prelude::*;

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
    items.par_chunks(size).flat_map_iter(|batch| f(batch)).collect()
}
