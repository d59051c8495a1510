//! breaks: clause 4 · finding: sequential
//! Each worker has a channel of its own, and jobs are dealt out in turn. A job can lie behind a long one while others are free.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Why there is no result of a job.
#[derive(Debug)]
pub enum Failure<E> {
    /// The job returned this error.
    Error(E),
    /// The job panicked with this payload.
    Panic(Box<dyn Any + Send>),
}

type Job = Box<dyn FnOnce() + Send>;

type Claim = Arc<Mutex<Option<Job>>>;

static POOLS: AtomicUsize = AtomicUsize::new(1);

thread_local! {
    static POOL: Cell<usize> = const { Cell::new(0) };
}

fn open(claim: &Claim) {
    let job = claim.lock().unwrap().take();
    if let Some(job) = job {
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

/// A fixed number of workers, which run jobs.
pub struct Pool {
    number: usize,
    turn: AtomicUsize,
    inboxes: Vec<Sender<Claim>>,
    workers: Vec<JoinHandle<()>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    pool: usize,
    claim: Claim,
    outcome: mpsc::Receiver<Result<R, Failure<E>>>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        let number = POOLS.fetch_add(1, Ordering::Relaxed);
        let (inboxes, workers) = (0..workers)
            .map(|_| {
                let (sender, receiver) = mpsc::channel::<Claim>();
                let work = move || {
                    POOL.set(number);
                    receiver.iter().for_each(|claim| open(&claim));
                };
                (sender, thread::spawn(work))
            })
            .unzip();
        Self { number, turn: AtomicUsize::new(0), inboxes, workers }
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let (sender, outcome) = mpsc::channel();
        let job: Job = Box::new(move || drop(sender.send(tolerate(job))));
        let claim = Arc::new(Mutex::new(Some(job)));
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.inboxes.len();
        self.inboxes[turn].send(Arc::clone(&claim)).expect("the worker receives");
        Handle { pool: self.number, claim, outcome }
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
        self.inboxes.clear();
        if POOL.get() != self.number {
            self.workers.drain(..).for_each(|worker| worker.join().expect("a worker catches panics"));
        }
    }
}

impl<R, E> Handle<R, E> {
    /// Waits until the job has ended, and returns its outcome.
    ///
    /// # Errors
    /// Says whether the job returned an error or panicked.
    pub fn join(self) -> Result<R, Failure<E>> {
        if POOL.get() == self.pool {
            open(&self.claim);
        }
        self.outcome.recv().expect("every job sends its outcome")
    }
}

fn tolerate<R, E>(job: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}
