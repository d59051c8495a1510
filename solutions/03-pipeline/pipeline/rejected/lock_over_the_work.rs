//! breaks: clause 4 · finding: sequential
//! The workers of a stage share a receiver behind a Mutex, and `while let` keeps the guard for as long as the work takes.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

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
    let (permits, free) = sync_channel(limit);
    let (pulled, to_fetch) = channel();
    let (fetched, to_process) = channel();
    let (processed, to_save) = channel();
    let (to_fetch, to_process) = (Mutex::new(to_fetch), Mutex::new(to_process));
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut source = source;
            for index in 0usize.. {
                if permits.send(()).is_err() {
                    return;
                }
                let item = catch_unwind(AssertUnwindSafe(|| source.next()));
                let failed = item.is_err();
                let Some(item) = item.transpose() else { return };
                if pulled.send((index, item)).is_err() || failed {
                    return;
                }
            }
        });
        for _ in 0..fetch.workers {
            let (fetched, to_fetch, work) = (fetched.clone(), &to_fetch, &fetch.work);
            scope.spawn(move || {
                while let Ok((index, item)) = to_fetch.lock().unwrap().recv() {
                    let result = item.and_then(|it| catch_unwind(AssertUnwindSafe(|| work(it))));
                    let _ = fetched.send((index, result));
                }
            });
        }
        for _ in 0..process.workers {
            let (processed, to_process, work) = (processed.clone(), &to_process, &process.work);
            scope.spawn(move || {
                while let Ok((index, item)) = to_process.lock().unwrap().recv() {
                    let result = item.and_then(|it| match it {
                        Ok(it) => catch_unwind(AssertUnwindSafe(|| work(it))),
                        Err(error) => Ok(Err(error)),
                    });
                    let _ = processed.send((index, result));
                }
            });
        }
        drop((fetched, processed));
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
