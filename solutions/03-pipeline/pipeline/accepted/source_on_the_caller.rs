//! accepted: the caller's thread pulls, the sink has a thread of its own, and failures have a channel of their own
//! for when the source must not leave the thread that made it.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam::channel::{bounded, select, unbounded};

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

type Payload = Box<dyn Any + Send>;

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
    assert!(limit > 0);
    assert!(fetch.workers > 0);
    assert!(process.workers > 0);
    let (fetch, process) = (&fetch, &process);
    thread::scope(|scope| {
        let (take, give_back) = bounded(limit);
        let (first, first_in) = unbounded();
        let (second, second_in) = unbounded();
        let (third, results) = unbounded::<(u64, B)>();
        let (fail, failures) = unbounded::<(u64, Result<E, Payload>)>();

        for _ in 0..fetch.workers {
            let (input, output, fail) = (first_in.clone(), second.clone(), fail.clone());
            scope.spawn(move || {
                for (number, item) in input {
                    let _ = match catch_unwind(AssertUnwindSafe(|| (fetch.work)(item))) {
                        Ok(Ok(done)) => output.send((number, done)).is_ok(),
                        Ok(Err(error)) => fail.send((number, Ok(error))).is_ok(),
                        Err(payload) => fail.send((number, Err(payload))).is_ok(),
                    };
                }
            });
        }
        for _ in 0..process.workers {
            let (input, output, fail) = (second_in.clone(), third.clone(), fail.clone());
            scope.spawn(move || {
                for (number, item) in input {
                    let _ = match catch_unwind(AssertUnwindSafe(|| (process.work)(item))) {
                        Ok(Ok(done)) => output.send((number, done)).is_ok(),
                        Ok(Err(error)) => fail.send((number, Ok(error))).is_ok(),
                        Err(payload) => fail.send((number, Err(payload))).is_ok(),
                    };
                }
            });
        }
        drop((first_in, second, second_in, third));
        let sink = scope.spawn(move || {
            let (mut save, give_back) = (save, give_back);
            let (mut ready, mut failed) = (BTreeMap::new(), BTreeMap::new());
            let (mut turn, mut open) = (0u64, [true, true]);
            while open != [false, false] {
                let never = crossbeam::channel::never();
                let never_failing = crossbeam::channel::never();
                let results = if open[0] { &results } else { &never };
                let failures = if open[1] { &failures } else { &never_failing };
                select! {
                    recv(results) -> it => match it {
                        Ok((number, value)) => drop(ready.insert(number, value)),
                        Err(_) => open[0] = false,
                    },
                    recv(failures) -> it => match it {
                        Ok((number, failure)) => drop(failed.insert(number, failure)),
                        Err(_) => open[1] = false,
                    },
                }
                loop {
                    if let Some(failure) = failed.remove(&turn) {
                        return failure.map(Err).unwrap_or_else(|payload| resume_unwind(payload));
                    }
                    let Some(value) = ready.remove(&turn) else { break };
                    if let Err(error) = save(value) {
                        return Err(error);
                    }
                    turn += 1;
                    let _ = give_back.recv();
                }
            }
            Ok(())
        });
        let mut source = source;
        for number in 0.. {
            if take.send(()).is_err() {
                break;
            }
            match catch_unwind(AssertUnwindSafe(|| source.next())) {
                Ok(Some(item)) => drop(first.send((number, item))),
                Ok(None) => break,
                Err(payload) => {
                    let _ = fail.send((number, Err(payload)));
                    break;
                }
            }
        }
        drop((first, fail));
        sink.join().unwrap_or_else(|payload| resume_unwind(payload))
    })
}
