//! breaks: clause 4 · finding: deadlock
//! The queue holds as many jobs as there are workers. A job that submits one more waits for room, which only a worker makes.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
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

/// Holds a job until somebody opens it.
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

fn work(pool: usize, claims: &Mutex<Receiver<Claim>>) {
    POOL.set(pool);
    loop {
        let next = claims.lock().unwrap().recv();
        let Ok(claim) = next else { return };
        open(&claim);
    }
}

/// A fixed number of workers, which run jobs.
pub struct Pool {
    number: usize,
    claims: Option<Mutex<SyncSender<Claim>>>,
    workers: Vec<JoinHandle<()>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    pool: usize,
    claim: Claim,
    outcome: Receiver<Result<R, Failure<E>>>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        let number = POOLS.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = mpsc::sync_channel(workers);
        let receiver = Arc::new(Mutex::new(receiver));
        let workers = (0..workers)
            .map(|_| {
                let receiver = Arc::clone(&receiver);
                thread::spawn(move || work(number, &receiver))
            })
            .collect();
        Self { number, claims: Some(Mutex::new(sender)), workers }
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
        let claim = Arc::new(Mutex::new(Some(job)));
        let claims = self.claims.as_ref().expect("the pool is not dropped").lock().unwrap();
        claims.send(Arc::clone(&claim)).expect("the workers wait for claims");
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
        self.claims = None;
        if POOL.get() != self.number {
            for worker in self.workers.drain(..) {
                worker.join().expect("a worker catches panics");
            }
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
