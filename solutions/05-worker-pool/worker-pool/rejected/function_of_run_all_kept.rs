//! breaks: clause 5 · finding: wrong-answer
//! `run_all` counts the owners of its function and forgets one for each task. The function is never dropped.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, mpsc};
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

#[derive(Default)]
struct Queue {
    /// Jobs that no worker has taken yet, each with its number, the oldest first.
    jobs: VecDeque<(u64, Job)>,
    /// How many jobs have been accepted: the number of the next one.
    accepted: u64,
    closed: bool,
}

/// What the pool, its workers and its handles share.
#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Notified when a job comes, and when no more will come.
    changed: Condvar,
}

thread_local! {
    /// The pool that this thread is a worker of. A worker keeps its pool's memory alive, so the address is unique.
    static MINE: Cell<*const Shared> = const { Cell::new(ptr::null()) };
}

impl Shared {
    /// What a worker does all its life.
    fn work(self: Arc<Self>) {
        MINE.set(Arc::as_ptr(&self));
        loop {
            let queue = self.queue.lock().unwrap();
            let idle = |queue: &mut Queue| queue.jobs.is_empty() && !queue.closed;
            let mut queue = self.changed.wait_while(queue, idle).unwrap();
            // Empty and closed: only then is there nothing left to do.
            let Some((_, job)) = queue.jobs.pop_front() else { return };
            // The job may be long, and it may submit: nothing is locked while it runs.
            drop(queue);
            // The job's own panics are caught inside. What may still panic is the destructor of a result that nobody wants.
            let _ = catch_unwind(AssertUnwindSafe(job));
        }
    }

    /// The job with this number, if no worker has taken it yet.
    fn take(&self, number: u64) -> Option<Job> {
        let mut queue = self.queue.lock().unwrap();
        let place = queue.jobs.iter().position(|(its, _)| *its == number)?;
        queue.jobs.remove(place).map(|(_, job)| job)
    }

    /// Whether the caller runs in a job of this pool.
    fn is_mine(self: &Arc<Self>) -> bool {
        ptr::eq(MINE.get(), Arc::as_ptr(self))
    }
}

/// A fixed number of workers, which run jobs.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    shared: Arc<Shared>,
    number: u64,
    outcome: mpsc::Receiver<Result<R, Failure<E>>>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        let shared = Arc::<Shared>::default();
        let worker = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.work())
        };
        let workers = (0..workers).map(worker).collect();
        Self { shared, workers }
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let (sender, outcome) = mpsc::channel();
        let job = move || {
            let ended = tolerate(job);
            // Nobody listens if the handle was dropped. That is no reason to stop.
            let _ = sender.send(ended);
        };
        let mut queue = self.shared.queue.lock().unwrap();
        let number = queue.accepted;
        queue.accepted += 1;
        queue.jobs.push_back((number, Box::new(job)));
        // One job, one worker, and any worker will do.
        self.shared.changed.notify_one();
        Handle { shared: Arc::clone(&self.shared), number, outcome }
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
            mem::forget(Arc::clone(&f));
            // The job hands its task back. So it has to outlive a panic of `f`, which is caught here already.
            self.submit(move || {
                let ended = tolerate(|| f(&task));
                Ok::<_, Infallible>((task, ended))
            })
        };
        // All are submitted before the first is waited for.
        let handles: Vec<_> = tasks.into_iter().map(submit).collect();
        let join = |handle: Handle<_, _>| {
            handle.join().unwrap_or_else(|_| unreachable!("the job only catches panics"))
        };
        handles.into_iter().map(join).collect()
    }
}

impl Drop for Pool {
    /// Lets the workers run every accepted job, and waits for them, unless a job of this pool drops it.
    fn drop(&mut self) {
        self.shared.queue.lock().unwrap().closed = true;
        self.shared.changed.notify_all();
        // One of these threads would wait for itself, or for a job that waits for this one.
        if !self.shared.is_mine() {
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
        // Only in a job of the same pool: anywhere else one job more would run than there are workers.
        if self.shared.is_mine()
            && let Some(job) = self.shared.take(self.number)
        {
            job();
        }
        self.outcome.recv().expect("every job sends its outcome")
    }
}

/// Makes one kind of value of the three ways in which a job can end.
fn tolerate<R, E>(job: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    // `AssertUnwindSafe`: what a job leaves half done is its own, or shared by means that are the caller's choice.
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}
