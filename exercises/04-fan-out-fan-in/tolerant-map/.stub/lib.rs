//! A map on a fixed number of workers that tolerates items which fail.

/// Why there is no result for an item. This type is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    /// `work` returned this error.
    Error(E),
    /// `work` panicked with this message.
    Panic(String),
}

/// What became of all items. Each is in one of the two lists, with its index. The lists are in the order of the items.
/// This type is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<R, E> {
    /// The items for which `work` returned `Ok`.
    pub successes: Vec<(usize, R)>,
    /// All others.
    pub failures: Vec<(usize, Failure<E>)>,
}

/// Calls `work` for every item, on `workers` threads, and returns what became of each.
///
/// An item that fails, by an error or a panic, does not affect the others.
///
/// # Panics
/// If `workers` is 0.
pub fn tolerant_map<T, R, E, F>(items: &[T], workers: usize, work: F) -> Outcome<R, E>
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
{
    let _ = (items, workers, work);
    todo!("fan the items out, and bring back what became of them")
}
