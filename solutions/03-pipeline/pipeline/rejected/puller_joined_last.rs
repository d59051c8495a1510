//! breaks: clause 6 · finding: wrong-answer
//! The thread that pulls is joined only if no item has failed. If an item fails and `next` panics, the scope panics instead.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
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
    if limit == 0 || fetch.workers == 0 || process.workers == 0 {
        panic!("limit and workers must be positive");
    }
    thread::scope(|scope| {
        let (slot, slots) = bounded(limit);
        let (order, in_order) = mpsc::channel::<mpsc::Receiver<thread::Result<Result<B, E>>>>();
        let (to_fetch, fetching) = bounded(limit);
        let (to_process, processing) = bounded(limit);
        let puller = scope.spawn(move || {
            let mut source = source;
            while slot.send(()).is_ok() {
                let Some(item) = source.next() else { break };
                let (answer, answered) = mpsc::channel();
                if order.send(answered).is_err() || to_fetch.send((item, answer)).is_err() {
                    break;
                }
            }
        });
        for _ in 0..fetch.workers {
            let (fetching, to_process, work) = (fetching.clone(), to_process.clone(), &fetch.work);
            scope.spawn(move || {
                while let Ok((item, answer)) = fetching.recv() {
                    match catch_unwind(AssertUnwindSafe(|| work(item))) {
                        Ok(Ok(value)) => drop(to_process.send((value, answer))),
                        Ok(Err(error)) => drop(answer.send(Ok(Err(error)))),
                        Err(payload) => drop(answer.send(Err(payload))),
                    }
                }
            });
        }
        for _ in 0..process.workers {
            let (processing, work) = (processing.clone(), &process.work);
            scope.spawn(move || {
                while let Ok((value, answer)) = processing.recv() {
                    let _ = answer.send(catch_unwind(AssertUnwindSafe(|| work(value))));
                }
            });
        }
        drop((fetching, to_process, processing));
        let (mut save, slots) = (save, slots);
        for answered in in_order {
            match answered.recv().expect("every item is answered") {
                Ok(result) => save(result?)?,
                Err(payload) => resume_unwind(payload),
            }
            let _ = slots.recv();
        }
        match puller.join() {
            Ok(()) => Ok(()),
            Err(payload) => resume_unwind(payload),
        }
    })
}
