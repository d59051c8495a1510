//! breaks: clause 6 · finding: deadlock
//! A job that waits runs the other one itself, but only up to a depth of 64.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

#[derive(Debug)]
pub enum Failure<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

trait Runnable: Send + Sync {
    fn run(&self);
}

type Job<R, E> = Box<dyn FnOnce() -> Result<R, E> + Send>;

struct Task<R, E> {
    job: Mutex<Option<Job<R, E>>>,
    outcome: Mutex<Option<Result<R, Failure<E>>>>,
    done: Condvar,
}

impl<R: Send, E: Send> Runnable for Task<R, E> {
    fn run(&self) {
        let Some(job) = self.job.lock().unwrap().take() else { return };
        let outcome = match catch_unwind(AssertUnwindSafe(job)) {
            Ok(Ok(r)) => Ok(r),
            Ok(Err(e)) => Err(Failure::Error(e)),
            Err(p) => Err(Failure::Panic(p)),
        };
        *self.outcome.lock().unwrap() = Some(outcome);
        self.done.notify_all();
    }
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<dyn Runnable>>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    work: Condvar,
}

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static POOL: Cell<usize> = const { Cell::new(0) };
}

fn key(shared: &Arc<Shared>) -> usize {
    Arc::as_ptr(shared) as usize
}

fn worker(shared: Arc<Shared>) {
    POOL.with(|p| p.set(key(&shared)));
    loop {
        let mut state = shared.state.lock().unwrap();
        let task = loop {
            if let Some(task) = state.queue.pop_front() {
                break task;
            }
            if state.closed {
                return;
            }
            state = shared.work.wait(state).unwrap();
        };
        drop(state);
        let _ = catch_unwind(AssertUnwindSafe(move || {
            task.run();
            drop(task);
        }));
    }
}

pub struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pool")
    }
}

pub struct Handle<R, E> {
    task: Arc<Task<R, E>>,
    shared: Arc<Shared>,
}

impl<R, E> std::fmt::Debug for Handle<R, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle")
    }
}

impl Pool {
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "no workers");
        let shared = Arc::new(Shared::default());
        let threads = (0..workers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || worker(shared))
            })
            .collect();
        Self { shared, threads }
    }

    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let task = Arc::new(Task {
            job: Mutex::new(Some(Box::new(job) as Job<R, E>)),
            outcome: Mutex::new(None),
            done: Condvar::new(),
        });
        let mut state = self.shared.state.lock().unwrap();
        state.queue.push_back(Arc::clone(&task) as Arc<dyn Runnable>);
        drop(state);
        self.shared.work.notify_one();
        Handle { task, shared: Arc::clone(&self.shared) }
    }

    pub fn run_all<T, R, E, F>(&self, tasks: Vec<T>, f: F) -> Vec<(T, Result<R, Failure<E>>)>
    where
        T: Send + 'static,
        R: Send + 'static,
        E: Send + 'static,
        F: Fn(&T) -> Result<R, E> + Send + Sync + 'static,
    {
        let f = Arc::new(f);
        let handles: Vec<Handle<(T, Result<R, Failure<E>>), ()>> = tasks
            .into_iter()
            .map(|task| {
                let f = Arc::clone(&f);
                self.submit(move || {
                    let outcome = match catch_unwind(AssertUnwindSafe(|| f(&task))) {
                        Ok(Ok(r)) => Ok(r),
                        Ok(Err(e)) => Err(Failure::Error(e)),
                        Err(p) => Err(Failure::Panic(p)),
                    };
                    drop(f);
                    Ok((task, outcome))
                })
            })
            .collect();
        handles.into_iter().map(|h| h.join().unwrap_or_else(|_| unreachable!())).collect()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap().closed = true;
        self.shared.work.notify_all();
        if POOL.with(Cell::get) == key(&self.shared) {
            return;
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl<R, E> Handle<R, E> {
    pub fn join(self) -> Result<R, Failure<E>> {
        if POOL.with(Cell::get) == key(&self.shared) && DEPTH.with(Cell::get) < 64 {
            let job = self.task.job.lock().unwrap().take();
            if let Some(job) = job {
                DEPTH.with(|d| d.set(d.get() + 1));
                let ended = catch_unwind(AssertUnwindSafe(job));
                DEPTH.with(|d| d.set(d.get() - 1));
                return match ended {
                    Ok(Ok(r)) => Ok(r),
                    Ok(Err(e)) => Err(Failure::Error(e)),
                    Err(p) => Err(Failure::Panic(p)),
                };
            }
        }
        let mut outcome = self.task.outcome.lock().unwrap();
        loop {
            if let Some(outcome) = outcome.take() {
                return outcome;
            }
            outcome = self.task.done.wait(outcome).unwrap();
        }
    }
}
