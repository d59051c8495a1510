//! breaks: clause 3 · finding: sequential
//! Each thread has a slot for its results, and all of them need one lock while `f` runs.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
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
    let slots: Mutex<Vec<_>> = Mutex::new(items.chunks(size).map(|_| None).collect());
    thread::scope(|scope| {
        for (number, batch) in items.chunks(size).enumerate() {
            let (slots, f) = (&slots, &f);
            scope.spawn(move || {
                let mut slots = slots.lock().unwrap();
                slots[number] = Some(catch_unwind(AssertUnwindSafe(|| f(batch))));
            });
        }
    });
    let slots = slots.into_inner().unwrap().into_iter().flatten();
    slots.flat_map(|results| results.unwrap_or_else(|payload| resume_unwind(payload))).collect()
}
