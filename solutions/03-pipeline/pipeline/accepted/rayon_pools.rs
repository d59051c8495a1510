//! accepted: a rayon pool for each stage
//! for when the stages compute: a pool has exactly as many threads as the stage may have calls.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::{bounded, unbounded};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

type Outcome<T, E> = Result<T, Result<E, Box<dyn Any + Send>>>;

fn attempt<T, E>(work: impl FnOnce() -> Result<T, E>) -> Outcome<T, E> {
    catch_unwind(AssertUnwindSafe(work)).map_err(Err)?.map_err(Ok)
}

fn pool(workers: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(workers).build().expect("a pool starts")
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
    // For rayon, 0 threads would mean as many as there are processors.
    assert!(limit > 0 && fetch.workers > 0 && process.workers > 0, "zero");
    let (fetchers, processors) = (pool(fetch.workers), pool(process.workers));
    let (places, taken) = bounded(limit);
    let (done, outcomes) = unbounded::<(usize, Outcome<B, E>)>();
    let end = thread::scope(|scope| {
        let (fetch, process, fetchers, processors) = (&fetch, &process, &fetchers, &processors);
        scope.spawn(move || {
            let mut source = source;
            processors.in_place_scope(|second| {
                fetchers.in_place_scope(|first| {
                    for index in 0.. {
                        if places.send(()).is_err() {
                            return;
                        }
                        let done = done.clone();
                        let item = match attempt(|| Ok::<_, E>(source.next())) {
                            Ok(None) => return,
                            Ok(Some(item)) => item,
                            Err(failure) => return drop(done.send((index, Err(failure)))),
                        };
                        first.spawn(move |_| match attempt(|| (fetch.work)(item)) {
                            Ok(fetched) => second.spawn(move |_| {
                                let _ = done.send((index, attempt(|| (process.work)(fetched))));
                            }),
                            Err(failure) => drop(done.send((index, Err(failure)))),
                        });
                    }
                });
            });
        });
        let (mut save, mut early, mut next) = (save, BTreeMap::new(), 0);
        let taken = taken;
        for (index, outcome) in outcomes {
            early.insert(index, outcome);
            while let Some(outcome) = early.remove(&next) {
                outcome.and_then(|it| attempt(|| save(it)))?;
                next += 1;
                let _ = taken.recv();
            }
        }
        Ok::<(), Result<E, Box<dyn Any + Send>>>(())
    });
    end.map_err(|failure| failure.unwrap_or_else(|payload| resume_unwind(payload)))
}
