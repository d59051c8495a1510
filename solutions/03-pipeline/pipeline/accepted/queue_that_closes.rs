//! accepted: a queue of one's own, with a lock, a Condvar and `close`
//! for when nobody wants to count senders: whoever finishes a stage last closes the queue after it.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// What a stage does to an item, and on how many threads. This type is given.
#[derive(Debug, Clone, Copy)]
pub struct Stage<F> {
    /// How many calls of `work` may be in progress at the same time.
    pub workers: usize,
    /// The work on one item.
    pub work: F,
}

struct Queue<T> {
    inside: Mutex<(VecDeque<T>, bool)>,
    changed: Condvar,
}

impl<T> Queue<T> {
    fn new() -> Self {
        Self { inside: Mutex::new((VecDeque::new(), false)), changed: Condvar::new() }
    }

    fn push(&self, item: T) -> bool {
        let mut inside = self.inside.lock().unwrap();
        if inside.1 {
            return false;
        }
        inside.0.push_back(item);
        self.changed.notify_one();
        true
    }

    fn pop(&self) -> Option<T> {
        let wait = |inside: &mut (VecDeque<T>, bool)| inside.0.is_empty() && !inside.1;
        self.changed.wait_while(self.inside.lock().unwrap(), wait).unwrap().0.pop_front()
    }

    fn close(&self) {
        self.inside.lock().unwrap().1 = true;
        self.changed.notify_all();
    }
}

enum Bad<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

fn guarded<T, E>(f: impl FnOnce() -> Result<T, E>) -> Result<T, Bad<E>> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Bad::Error(error)),
        Err(payload) => Err(Bad::Panic(payload)),
    }
}

fn stage<T, R, E>(
    input: &Queue<(usize, Result<T, Bad<E>>)>,
    output: &Queue<(usize, Result<R, Bad<E>>)>,
    left: &AtomicUsize,
    work: &impl Fn(T) -> Result<R, E>,
) {
    while let Some((number, item)) = input.pop() {
        output.push((number, item.and_then(|item| guarded(|| work(item)))));
    }
    if left.fetch_sub(1, Ordering::SeqCst) == 1 {
        output.close();
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
    assert!(limit >= 1 && fetch.workers >= 1 && process.workers >= 1, "nothing can be zero");
    let (free, pulled, fetched, processed) = (Queue::new(), Queue::new(), Queue::new(), Queue::new());
    (0..limit).for_each(|_| drop(free.push(())));
    let left = [AtomicUsize::new(fetch.workers), AtomicUsize::new(process.workers)];
    let end = thread::scope(|scope| {
        let (free, pulled, fetched, processed, left) = (&free, &pulled, &fetched, &processed, &left);
        let (fetch, process) = (&fetch, &process);
        scope.spawn(move || {
            let (mut source, mut number) = (source, 0);
            while free.pop().is_some() {
                let item = match guarded(|| Ok(source.next())) {
                    Ok(Some(item)) => Ok(item),
                    Ok(None) => break,
                    Err(bad) => Err(bad),
                };
                let last = item.is_err();
                pulled.push((number, item));
                number += 1;
                if last {
                    break;
                }
            }
            pulled.close();
        });
        for _ in 0..fetch.workers {
            scope.spawn(move || stage(pulled, fetched, &left[0], &fetch.work));
        }
        for _ in 0..process.workers {
            scope.spawn(move || stage(fetched, processed, &left[1], &process.work));
        }
        let (mut save, mut early, mut turn) = (save, BTreeMap::new(), 0);
        while let Some((number, result)) = processed.pop() {
            early.insert(number, result);
            while let Some(result) = early.remove(&turn) {
                if let Err(bad) = result.and_then(|value| guarded(|| save(value))) {
                    // A closed queue of free places still gives what is in it, so it is emptied as well.
                    free.close();
                    while free.pop().is_some() {}
                    return Some(bad);
                }
                turn += 1;
                free.push(());
            }
        }
        None
    });
    match end {
        None => Ok(()),
        Some(Bad::Error(error)) => Err(error),
        Some(Bad::Panic(payload)) => resume_unwind(payload),
    }
}
