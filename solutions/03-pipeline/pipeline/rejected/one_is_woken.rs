//! breaks: clause 1 · finding: deadlock
//! All threads wait at one Condvar, and each change wakes one of them, which may have no use for it.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
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

enum End<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

struct State<T, A, B, E> {
    pulled: usize,
    saved: usize,
    ended: bool,
    stopped: bool,
    to_fetch: VecDeque<(usize, T)>,
    to_process: VecDeque<(usize, A)>,
    done: BTreeMap<usize, Result<B, End<E>>>,
}

struct Floor<T, A, B, E> {
    state: Mutex<State<T, A, B, E>>,
    changed: Condvar,
}

impl<T, A, B, E> Floor<T, A, B, E> {
    /// Waits until `choose` has something, or until the run is stopped.
    fn wait<R>(&self, mut choose: impl FnMut(&mut State<T, A, B, E>) -> Option<R>) -> Option<R> {
        let mut state = self.state.lock().unwrap();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(chosen) = choose(&mut state) {
                drop(state);
                self.changed.notify_one();
                return Some(chosen);
            }
            state = self.changed.wait(state).unwrap();
        }
    }

    fn change(&self, change: impl FnOnce(&mut State<T, A, B, E>)) {
        change(&mut self.state.lock().unwrap());
        self.changed.notify_one();
    }
}

fn attempt<R, E>(f: impl FnOnce() -> Result<R, E>) -> Result<R, End<E>> {
    catch_unwind(AssertUnwindSafe(f)).map_or_else(|it| Err(End::Panic(it)), |it| it.map_err(End::Error))
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
    let floor = Floor {
        state: Mutex::new(State {
            pulled: 0,
            saved: 0,
            ended: false,
            stopped: false,
            to_fetch: VecDeque::new(),
            to_process: VecDeque::new(),
            done: BTreeMap::new(),
        }),
        changed: Condvar::new(),
    };
    let (mut source, mut save) = (source, save);
    let mut end = None;
    thread::scope(|scope| {
        scope.spawn(|| {
            while floor.wait(|s| (s.pulled - s.saved < limit).then_some(())).is_some() {
                match attempt(|| Ok::<_, E>(source.next())) {
                    Ok(Some(item)) => floor.change(|s| {
                        s.to_fetch.push_back((s.pulled, item));
                        s.pulled += 1;
                    }),
                    Ok(None) => return floor.change(|s| s.ended = true),
                    Err(failure) => {
                        return floor.change(|s| {
                            s.done.insert(s.pulled, Err(failure));
                            s.pulled += 1;
                        });
                    }
                }
            }
        });
        for _ in 0..fetch.workers {
            scope.spawn(|| {
                // `None` inside means that no item can come any more.
                let next = |s: &mut State<_, _, _, _>| match s.to_fetch.pop_front() {
                    Some(item) => Some(Some(item)),
                    None => s.ended.then_some(None),
                };
                while let Some(Some((index, item))) = floor.wait(next) {
                    match attempt(|| (fetch.work)(item)) {
                        Ok(fetched) => floor.change(|s| s.to_process.push_back((index, fetched))),
                        Err(failure) => floor.change(|s| drop(s.done.insert(index, Err(failure)))),
                    }
                }
            });
        }
        for _ in 0..process.workers {
            scope.spawn(|| {
                let next = |s: &mut State<_, _, _, _>| match s.to_process.pop_front() {
                    Some(item) => Some(Some(item)),
                    None => (s.ended && s.saved == s.pulled).then_some(None),
                };
                while let Some(Some((index, fetched))) = floor.wait(next) {
                    let result = attempt(|| (process.work)(fetched));
                    floor.change(|s| drop(s.done.insert(index, result)));
                }
            });
        }
        let next = |s: &mut State<_, _, _, _>| match s.done.remove(&s.saved) {
            Some(result) => Some(Some(result)),
            None => (s.ended && s.saved == s.pulled).then_some(None),
        };
        while let Some(Some(result)) = floor.wait(next) {
            match result.and_then(|it| attempt(|| save(it))) {
                Ok(()) => floor.change(|s| s.saved += 1),
                Err(failure) => {
                    end = Some(failure);
                    floor.change(|s| s.stopped = true);
                }
            }
        }
    });
    match end {
        None => Ok(()),
        Some(End::Error(error)) => Err(error),
        Some(End::Panic(payload)) => resume_unwind(payload),
    }
}
