//! breaks: clause 2 · finding: race
//! The turn is passed on before the item is saved. The next item may then be the first to get the lock of the sink.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

#[derive(Default)]
struct Counts {
    inside: usize,
    fetching: usize,
    processing: usize,
    turn: usize,
    over: bool,
}

#[derive(Default)]
struct Board {
    counts: Mutex<Counts>,
    changed: Condvar,
}

impl Board {
    fn when(&self, ready: impl Fn(&Counts) -> bool) -> MutexGuard<'_, Counts> {
        self.changed.wait_while(self.counts.lock().unwrap(), |counts| !ready(counts)).unwrap()
    }

    fn set(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap());
        self.changed.notify_all();
    }
}

enum End<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

fn attempt<R, E>(work: impl FnOnce() -> Result<R, E>) -> Result<R, End<E>> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(End::Error),
        Err(payload) => Err(End::Panic(payload)),
    }
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
    assert!(limit > 0, "no places");
    assert!(fetch.workers > 0 && process.workers > 0, "no workers");
    let board = Board::default();
    let (board, fetch, process) = (&board, &fetch, &process);
    let sink = Mutex::new((save, None));
    thread::scope(|scope| {
        let sink = &sink;
        let finish = move |index, result: Result<B, End<E>>| {
            let over = board.when(|counts| counts.turn == index).over;
            board.set(|counts| counts.turn += 1);
            if !over {
                let (save, end) = &mut *sink.lock().unwrap();
                if let Err(failure) = result.and_then(|it| attempt(|| save(it))) {
                    *end = Some(failure);
                    board.set(|counts| counts.over = true);
                }
            } else {
                drop(result);
            }
            board.set(|counts| {
                counts.inside -= 1;
            });
        };
        let mut source = source;
        for index in 0.. {
            let mut counts = board.when(|counts| counts.over || counts.inside < limit);
            if counts.over {
                return;
            }
            counts.inside += 1;
            drop(counts);
            let item = match attempt(|| Ok(source.next())) {
                Ok(None) => return,
                Ok(Some(item)) => item,
                Err(failure) => {
                    scope.spawn(move || finish(index, Err(failure)));
                    return;
                }
            };
            scope.spawn(move || {
                board.when(|counts| counts.fetching < fetch.workers).fetching += 1;
                let fetched = attempt(|| (fetch.work)(item));
                board.set(|counts| counts.fetching -= 1);
                let processed = fetched.and_then(|it| {
                    board.when(|counts| counts.processing < process.workers).processing += 1;
                    let processed = attempt(|| (process.work)(it));
                    board.set(|counts| counts.processing -= 1);
                    processed
                });
                finish(index, processed);
            });
        }
    });
    match sink.into_inner().unwrap().1 {
        None => Ok(()),
        Some(End::Error(error)) => Err(error),
        Some(End::Panic(payload)) => resume_unwind(payload),
    }
}
