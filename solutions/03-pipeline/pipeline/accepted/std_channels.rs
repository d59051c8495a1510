//! accepted: channels of std, with the receiving ends behind a Mutex
//! for when no dependency is wanted: a worker holds the lock while it waits, and never while it works.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

type Caught<T> = thread::Result<T>;
type Shared<T> = Arc<Mutex<Receiver<T>>>;

fn share<T>(receiver: Receiver<T>) -> Shared<T> {
    Arc::new(Mutex::new(receiver))
}

fn take<T>(receiver: &Shared<T>) -> Option<T> {
    receiver.lock().unwrap().recv().ok()
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
    assert_ne!(limit, 0, "no places");
    assert_ne!(fetch.workers, 0, "nobody fetches");
    assert_ne!(process.workers, 0, "nobody processes");
    let (places, free) = sync_channel(limit);
    let (source_out, fetch_in) = channel();
    let (fetch_out, process_in) = channel();
    let (process_out, sink_in) = channel::<(usize, Caught<Result<B, E>>)>();
    let (fetch_in, process_in) = (share(fetch_in), share(process_in));
    let (fetch_work, process_work) = (&fetch.work, &process.work);
    thread::scope(move |scope| {
        let failures = process_out.clone();
        scope.spawn(move || {
            let mut source = source;
            for number in 0.. {
                if places.send(()).is_err() {
                    break;
                }
                match catch_unwind(AssertUnwindSafe(|| source.next())) {
                    Ok(Some(item)) => {
                        if source_out.send((number, item)).is_err() {
                            break;
                        }
                    }
                    Ok(None) => break,
                    Err(payload) => {
                        let _ = failures.send((number, Err(payload)));
                        break;
                    }
                }
            }
        });
        for _ in 0..fetch.workers {
            let (input, output, failures) = (fetch_in.clone(), fetch_out.clone(), process_out.clone());
            scope.spawn(move || {
                while let Some((number, item)) = take(&input) {
                    match catch_unwind(AssertUnwindSafe(|| fetch_work(item))) {
                        Ok(Ok(fetched)) => drop(output.send((number, fetched))),
                        Ok(Err(error)) => drop(failures.send((number, Ok(Err(error))))),
                        Err(payload) => drop(failures.send((number, Err(payload)))),
                    }
                }
            });
        }
        for _ in 0..process.workers {
            let (input, output) = (process_in.clone(), process_out.clone());
            scope.spawn(move || {
                while let Some((number, fetched)) = take(&input) {
                    let _ = output.send((number, catch_unwind(AssertUnwindSafe(|| process_work(fetched)))));
                }
            });
        }
        drop((fetch_in, fetch_out, process_in, process_out));

        let (mut save, mut arrived) = (save, HashMap::new());
        for turn in 0.. {
            let result = loop {
                if let Some(result) = arrived.remove(&turn) {
                    break result;
                }
                match sink_in.recv() {
                    Ok((number, result)) => drop(arrived.insert(number, result)),
                    Err(_) => return Ok(()),
                }
            };
            save(result.unwrap_or_else(|payload| resume_unwind(payload))?)?;
            let _ = free.recv();
        }
        Ok(())
    })
}
