//! breaks: clause 2 · finding: race
//! The results are in the order in which the batches end.

use std::sync::Mutex;
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
    let list = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for batch in items.chunks(size) {
            scope.spawn(|| {
                let results = f(batch);
                list.lock().unwrap().extend(results);
            });
        }
    });
    list.into_inner().unwrap()
}
