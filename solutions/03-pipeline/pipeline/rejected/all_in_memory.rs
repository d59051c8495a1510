//! breaks: clause 3 · finding: unbounded
//! The whole source is collected, then fetched, then processed, then saved: as in Python.

use rayon::prelude::*;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

/// Sends every item of `source` through `fetch` and `process`, and calls `save` in the order of the source.
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
    assert!(limit > 0 && fetch.workers > 0 && process.workers > 0);
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let items: Vec<_> = source.collect();
    let fetched: Vec<Result<A, E>> =
        pool(fetch.workers).install(|| items.into_par_iter().with_max_len(1).map(&fetch.work).collect());
    let processed: Vec<Result<B, E>> = pool(process.workers).install(|| {
        let fetched = fetched.into_par_iter().with_max_len(1);
        fetched.map(|item| item.and_then(&process.work)).collect()
    });
    let mut save = save;
    processed.into_iter().try_for_each(|item| save(item?))
}
