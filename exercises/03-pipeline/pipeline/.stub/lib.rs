//! A pipeline: a source, two stages with workers, and a sink that receives the results in the order of the source.

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item. It may be slow, wait, fail or panic.
    pub work: F,
}

/// Sends every item of `source` through `fetch` and `process`, and then calls `save` in the order of the source.
///
/// * `source`: the items. Its `next` may be slow, and it may never end.
/// * `fetch` and `process`: the two stages. Neither has a fixed order in which its calls end.
/// * `limit`: how many items may be in the pipeline at the same time; at most 1,000.
/// * `save`: stores one result. It is never called twice at the same time.
///
/// # Errors
/// The error of the earliest item that failed, in the order of the source.
///
/// # Panics
/// If `limit` or a number of workers is 0. If a call for the earliest item that failed panicked, with the same payload.
pub fn run<I, A, B, E, F, G, S>(
    source: I,
    fetch: Stage<F>,
    process: Stage<G>,
    limit: usize,
    save: S,
) -> Result<(), E>
where
    I: Iterator + Send,
    I::Item: Send,
    A: Send,
    B: Send,
    E: Send,
    F: Fn(I::Item) -> Result<A, E> + Sync,
    G: Fn(A) -> Result<B, E> + Sync,
    S: FnMut(B) -> Result<(), E> + Send,
{
    let _ = (source, fetch, process, limit, save);
    todo!("connect the source, the two stages and the sink")
}
