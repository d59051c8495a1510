//! breaks: clause 4 · finding: sequential
//! Each stage works through its whole list before the next one begins, a batch of `limit` items at a time.

use std::panic::resume_unwind;
use std::thread;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

fn map<T: Send, R: Send, E: Send>(
    items: Vec<Result<T, E>>,
    workers: usize,
    work: impl Fn(T) -> Result<R, E> + Sync,
) -> Vec<Result<R, E>> {
    let mut results = Vec::new();
    let mut items = items.into_iter().peekable();
    while items.peek().is_some() {
        let wave: Vec<_> = items.by_ref().take(workers).collect();
        thread::scope(|scope| {
            let work = &work;
            let wave: Vec<_> =
                wave.into_iter().map(|item| scope.spawn(move || item.and_then(work))).collect();
            for thread in wave {
                results.push(thread.join().unwrap_or_else(|payload| resume_unwind(payload)));
            }
        });
    }
    results
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
    let (mut source, mut save) = (source, save);
    loop {
        let batch: Vec<_> = source.by_ref().take(limit).map(Ok).collect();
        if batch.is_empty() {
            return Ok(());
        }
        let fetched = map(batch, fetch.workers, &fetch.work);
        for result in map(fetched, process.workers, &process.work) {
            save(result?)?;
        }
    }
}
