//! breaks: clause 4 · finding: sequential
//! The workers of the first stage pull for themselves. While all of them fetch, nobody asks the source.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

use crossbeam::channel::bounded;

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
    let source = Mutex::new((source, 0usize, false));
    let (permits, free) = bounded(limit);
    let (fetched, to_process) = bounded(limit);
    let (processed, to_save) = bounded(limit);
    thread::scope(|scope| {
        for _ in 0..fetch.workers {
            let (permits, fetched, source, work) = (permits.clone(), fetched.clone(), &source, &fetch.work);
            scope.spawn(move || {
                loop {
                    let mut pulling = source.lock().unwrap();
                    if pulling.2 || permits.send(()).is_err() {
                        return;
                    }
                    let index = pulling.1;
                    let item = catch_unwind(AssertUnwindSafe(|| pulling.0.next()));
                    pulling.1 += 1;
                    pulling.2 = !matches!(item, Ok(Some(_)));
                    drop(pulling);
                    let Some(item) = item.transpose() else { return };
                    let result = item.and_then(|it| catch_unwind(AssertUnwindSafe(|| work(it))));
                    if fetched.send((index, result)).is_err() {
                        return;
                    }
                }
            });
        }
        for _ in 0..process.workers {
            let (processed, to_process, work) = (processed.clone(), to_process.clone(), &process.work);
            scope.spawn(move || {
                for (index, item) in to_process {
                    let result = item.and_then(|it| match it {
                        Ok(it) => catch_unwind(AssertUnwindSafe(|| work(it))),
                        Err(error) => Ok(Err(error)),
                    });
                    if processed.send((index, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop((permits, fetched, processed, to_process));
        let (mut save, mut early, mut next) = (save, BTreeMap::new(), 0);
        let free = free;
        for (index, result) in to_save {
            early.insert(index, result);
            while let Some(result) = early.remove(&next) {
                save(result.unwrap_or_else(|payload| resume_unwind(payload))?)?;
                next += 1;
                let _ = free.recv();
            }
        }
        Ok(())
    })
}
