//! breaks: clause 6 · finding: swallowed-panic
//! The sink has a thread of its own. When it panics, what `join` returns is taken for the end of the run.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

use crossbeam::channel::unbounded;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

struct Semaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    fn acquire(&self) -> Permit<'_> {
        let mut free = self.freed.wait_while(self.free.lock().unwrap(), |free| *free == 0).unwrap();
        *free -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
        self.0.freed.notify_one();
    }
}

enum Outcome<T, E> {
    Good(T),
    Failed(E),
    Panicked(Box<dyn Any + Send>),
}

impl<T, E> Outcome<T, E> {
    fn then<R>(self, work: impl FnOnce(T) -> Result<R, E>) -> Outcome<R, E> {
        match self {
            Outcome::Good(value) => match catch_unwind(AssertUnwindSafe(|| work(value))) {
                Ok(Ok(result)) => Outcome::Good(result),
                Ok(Err(error)) => Outcome::Failed(error),
                Err(payload) => Outcome::Panicked(payload),
            },
            Outcome::Failed(error) => Outcome::Failed(error),
            Outcome::Panicked(payload) => Outcome::Panicked(payload),
        }
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
    assert!(limit != 0 && fetch.workers != 0 && process.workers != 0, "0 of something that is needed");
    let semaphore = Semaphore { free: Mutex::new(limit), freed: Condvar::new() };
    let stopped = AtomicBool::new(false);
    let (semaphore, stopped, fetch_work, process_work) = (&semaphore, &stopped, &fetch.work, &process.work);
    let end = thread::scope(|scope| {
        let (pulled, to_fetch) = unbounded();
        let (fetched, to_process) = unbounded();
        let (processed, to_save) = unbounded();
        scope.spawn(move || {
            let mut source = source;
            for place in 0usize.. {
                let permit = semaphore.acquire();
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let mut over = false;
                let item = Outcome::Good(()).then(|()| {
                    let item = source.next();
                    over = item.is_none();
                    Ok(item)
                });
                over |= !matches!(item, Outcome::Good(_));
                let item = match item {
                    Outcome::Good(None) => return,
                    Outcome::Good(Some(item)) => Outcome::Good(item),
                    Outcome::Failed(error) => Outcome::Failed(error),
                    Outcome::Panicked(payload) => Outcome::Panicked(payload),
                };
                let _ = pulled.send((place, permit, item));
                if over {
                    return;
                }
            }
        });
        for _ in 0..fetch.workers {
            let (to_fetch, fetched) = (to_fetch.clone(), fetched.clone());
            scope.spawn(move || {
                for (place, permit, item) in to_fetch {
                    let _ = fetched.send((place, permit, item.then(fetch_work)));
                }
            });
        }
        for _ in 0..process.workers {
            let (to_process, processed) = (to_process.clone(), processed.clone());
            scope.spawn(move || {
                for (place, permit, item) in to_process {
                    let _ = processed.send((place, permit, item.then(process_work)));
                }
            });
        }
        drop((to_fetch, fetched, to_process, processed));
        let sink = scope.spawn(move || {
            let mut save = save;
            let mut window = VecDeque::new();
            let mut first = 0;
            for (place, permit, item) in to_save {
                if window.len() <= place - first {
                    window.resize_with(place - first + 1, || None);
                }
                window[place - first] = Some((permit, item));
                while let Some(Some(_)) = window.front() {
                    let Some(Some((permit, item))) = window.pop_front() else { unreachable!() };
                    let saved = match item {
                        Outcome::Good(value) => match save(value) {
                            Ok(()) => Outcome::Good(()),
                            Err(error) => Outcome::Failed(error),
                        },
                        Outcome::Failed(error) => Outcome::Failed(error),
                        Outcome::Panicked(payload) => Outcome::Panicked(payload),
                    };
                    match saved {
                        Outcome::Good(()) => drop(permit),
                        failed => {
                            stopped.store(true, Ordering::SeqCst);
                            return Some(failed);
                        }
                    }
                    first += 1;
                }
            }
            None
        });
        sink.join().unwrap_or(None)
    });
    match end {
        Some(Outcome::Failed(error)) => Err(error),
        Some(Outcome::Panicked(payload)) => resume_unwind(payload),
        Some(Outcome::Good(())) | None => Ok(()),
    }
}
