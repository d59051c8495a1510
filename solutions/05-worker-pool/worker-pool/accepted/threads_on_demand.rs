//! accepted: a thread for each job, started when there is a permit; a job that waits lends its permit to another
//! for when a job that waits should not keep a worker from the jobs behind it.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;

/// Why there is no result of a job.
#[derive(Debug)]
pub enum Failure<E> {
    /// The job returned this error.
    Error(E),
    /// The job panicked with this payload.
    Panic(Box<dyn Any + Send>),
}

type Job = Box<dyn FnOnce() + Send>;

struct State {
    waiting: VecDeque<Job>,
    /// How many permits nobody has.
    free: usize,
    /// Jobs that have been accepted and have not ended.
    left: usize,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

thread_local! {
    static POOL: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
}

fn is_mine(pool: &Arc<Shared>) -> bool {
    POOL.with_borrow(|mine| mine.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, pool)))
}

/// Somebody has a permit that is not needed any more: the next job gets it.
fn pass_on(pool: &Arc<Shared>, state: &mut State) {
    match state.waiting.pop_front() {
        Some(job) => start(pool, job),
        None => {
            state.free += 1;
            pool.changed.notify_all();
        }
    }
}

fn start(pool: &Arc<Shared>, job: Job) {
    let pool = Arc::clone(pool);
    thread::spawn(move || {
        POOL.set(Some(Arc::clone(&pool)));
        let _ = catch_unwind(AssertUnwindSafe(job));
        POOL.set(None);
        let mut state = pool.state.lock().unwrap();
        state.left -= 1;
        pass_on(&pool, &mut state);
        pool.changed.notify_all();
    });
}

/// A fixed number of workers, which run jobs.
pub struct Pool {
    shared: Arc<Shared>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    pool: Arc<Shared>,
    outcome: mpsc::Receiver<Result<R, Failure<E>>>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        let state = Mutex::new(State { waiting: VecDeque::new(), free: workers, left: 0 });
        Self { shared: Arc::new(Shared { state, changed: Condvar::new() }) }
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let (sender, outcome) = mpsc::channel();
        let job: Job = Box::new(move || {
            let ended = tolerate(job);
            let _ = sender.send(ended);
        });
        let mut state = self.shared.state.lock().unwrap();
        state.left += 1;
        if state.free > 0 {
            state.free -= 1;
            start(&self.shared, job);
        } else {
            state.waiting.push_back(job);
        }
        drop(state);
        Handle { pool: Arc::clone(&self.shared), outcome }
    }

    /// Calls `f` for every task on the workers. Returns each task with its outcome, in the order of the tasks.
    pub fn run_all<T, R, E, F>(&self, tasks: Vec<T>, f: F) -> Vec<(T, Result<R, Failure<E>>)>
    where
        T: Send + 'static,
        R: Send + 'static,
        E: Send + 'static,
        F: Fn(&T) -> Result<R, E> + Send + Sync + 'static,
    {
        let f = Arc::new(f);
        let submit = |task| {
            let f = Arc::clone(&f);
            self.submit(move || {
                let ended = tolerate(|| f(&task));
                Ok::<_, ()>((task, ended))
            })
        };
        let handles: Vec<_> = tasks.into_iter().map(submit).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| unreachable!())).collect()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if !is_mine(&self.shared) {
            let state = self.shared.state.lock().unwrap();
            drop(self.shared.changed.wait_while(state, |state| state.left > 0).unwrap());
        }
    }
}

impl<R, E> Handle<R, E> {
    /// Waits until the job has ended, and returns its outcome.
    ///
    /// # Errors
    /// Says whether the job returned an error or panicked.
    pub fn join(self) -> Result<R, Failure<E>> {
        if !is_mine(&self.pool) {
            return self.outcome.recv().expect("every job sends its outcome");
        }
        pass_on(&self.pool, &mut self.pool.state.lock().unwrap());
        let ended = self.outcome.recv();
        let state = self.pool.state.lock().unwrap();
        let mut state = self.pool.changed.wait_while(state, |state| state.free == 0).unwrap();
        state.free -= 1;
        ended.expect("every job sends its outcome")
    }
}

fn tolerate<R, E>(job: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}
