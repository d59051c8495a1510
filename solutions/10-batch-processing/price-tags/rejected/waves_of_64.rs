//! breaks: clause 3 · finding: sequential
//! At most 64 threads at a time.

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
    let f = &f;
    let batches: Vec<_> = items.chunks(size).collect();
    let mut list = Vec::new();
    // More threads than that help nobody.
    for wave in batches.chunks(64) {
        thread::scope(|scope| {
            let threads: Vec<_> = wave.iter().map(|batch| scope.spawn(move || f(batch))).collect();
            for thread in threads {
                list.extend(thread.join().unwrap_or_else(|payload| resume_unwind(payload)));
            }
        });
    }
    list
}
