//! A parallel map: each item goes to a worker, and its result comes back to its place.

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
///
/// # Panics
/// If `workers` is 0. If `f` panics for an item, with the payload of that panic; if it panics for several items, with
/// that of the one that stands first in `items`.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    let _ = (items, workers, f);
    todo!("give each item to a worker, and each result its place")
}
