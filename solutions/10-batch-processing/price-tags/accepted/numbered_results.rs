//! accepted: a channel of numbered results, sorted in the end
//! for when results should also be looked at as they come.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
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
    let (sender, receiver) = mpsc::channel();
    let mut numbered: Vec<_> = thread::scope(|scope| {
        for (number, batch) in items.chunks(size).enumerate() {
            let (sender, f) = (sender.clone(), &f);
            scope.spawn(move || sender.send((number, catch_unwind(AssertUnwindSafe(|| f(batch))))));
        }
        drop(sender);
        receiver.into_iter().collect()
    });
    numbered.sort_by_key(|(number, _)| *number);
    numbered
        .into_iter()
        .flat_map(|(_, results)| results.unwrap_or_else(|payload| resume_unwind(payload)))
        .collect()
}
