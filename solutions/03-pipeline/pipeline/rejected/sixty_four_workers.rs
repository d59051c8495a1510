//! breaks: clause 4 · finding: sequential
//! A stage never has more than 64 workers.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::{Receiver, Sender, bounded};

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item. It may be slow, wait, fail or panic.
    pub work: F,
}

/// Why an item has no result.
enum Failure<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

/// A value with its place in the order of the source.
type Numbered<T> = (usize, T);
type Outcome<T, E> = Result<T, Failure<E>>;

/// Calls `work` and turns a panic into a value, so that the worker survives it.
fn outcome<T, E>(work: impl FnOnce() -> Result<T, E>) -> Outcome<T, E> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}

/// Pulls items while there are permits. Ends with the source, or when the sink is gone and gives no permit back.
fn pull<T, E>(
    mut source: impl Iterator<Item = T>,
    permits: Sender<()>,
    items: Sender<Numbered<Outcome<T, E>>>,
) {
    for index in 0.. {
        if permits.send(()).is_err() {
            return;
        }
        let Some(item) = outcome(|| Ok(source.next())).transpose() else { return };
        let failed = item.is_err();
        if items.send((index, item)).is_err() || failed {
            return;
        }
    }
}

/// Works on items until no more can come, or until nobody takes what becomes of them.
fn work<T, R, E>(
    work: impl Fn(T) -> Result<R, E>,
    items: Receiver<Numbered<Outcome<T, E>>>,
    results: Sender<Numbered<Outcome<R, E>>>,
) {
    for (index, item) in items {
        // What has failed already passes through, so that the sink finds an outcome for every index.
        let result = item.and_then(|item| outcome(|| work(item)));
        if results.send((index, result)).is_err() {
            return;
        }
    }
}

/// Saves the results in the order of the source, and stops at the first failure.
fn store<B, E>(
    results: Receiver<Numbered<Outcome<B, E>>>,
    permits: Receiver<()>,
    mut save: impl FnMut(B) -> Result<(), E>,
) -> Outcome<(), E> {
    let (mut early, mut next) = (BTreeMap::new(), 0);
    for (index, result) in results {
        early.insert(index, result);
        while let Some(result) = early.remove(&next) {
            // A panic of `save` needs no care: it drops the receivers as a return does.
            save(result?).map_err(Failure::Error)?;
            next += 1;
            // The item has left the pipeline, so another one may come in. The source may have ended already.
            let _ = permits.recv();
        }
    }
    Ok(())
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
    assert!(limit > 0, "a pipeline needs room for at least one item");
    assert!(fetch.workers > 0 && process.workers > 0, "each stage needs at least one worker");
    let (permit_sender, permits) = bounded(limit);
    let (item_sender, items) = bounded(limit);
    let (fetched_sender, fetched) = bounded(limit);
    let (result_sender, results) = bounded(limit);

    let outcome = thread::scope(|scope| {
        scope.spawn(move || pull(source, permit_sender, item_sender));
        for _ in 0..fetch.workers.min(64) {
            let (items, fetched, fetch) = (items.clone(), fetched_sender.clone(), &fetch.work);
            scope.spawn(move || work(fetch, items, fetched));
        }
        for _ in 0..process.workers.min(64) {
            let (fetched, results, process) = (fetched.clone(), result_sender.clone(), &process.work);
            scope.spawn(move || work(process, fetched, results));
        }
        // The workers have clones. If these stayed, no stage would ever learn that the one before it has ended, or that
        // the one after it is gone.
        drop((items, fetched_sender, fetched, result_sender));
        store(results, permits, save)
    });
    outcome.map_err(|failure| match failure {
        Failure::Error(error) => error,
        Failure::Panic(payload) => resume_unwind(payload),
    })
}
