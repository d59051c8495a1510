//! accepted: a slot for each job, which goes through queued, running and ended under its own lock and Condvar
//! for when a handle should be able to tell more than the end, such as whether its job has begun.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::thread::{self, JoinHandle, ThreadId};

use crossbeam::channel::{self, Sender};

/// Why there is no result of a job.
#[derive(Debug)]
pub enum Failure<E> {
    /// The job returned this error.
    Error(E),
    /// The job panicked with this payload.
    Panic(Box<dyn Any + Send>),
}

type Job<R, E> = Box<dyn FnOnce() -> Result<R, E> + Send>;

enum Step<R, E> {
    Queued(Job<R, E>),
    Running,
    Ended(Result<R, Failure<E>>),
}

struct Slot<R, E> {
    step: Mutex<Step<R, E>>,
    ended: Condvar,
}

/// What a worker knows of a slot.
trait Run: Send + Sync {
    fn run(&self);
}

impl<R: Send, E: Send> Run for Slot<R, E> {
    /// Runs the job, if nobody has begun it yet.
    fn run(&self) {
        let mut step = self.step.lock().unwrap();
        match mem::replace(&mut *step, Step::Running) {
            Step::Queued(job) => {
                drop(step);
                let ended = tolerate(job);
                *self.step.lock().unwrap() = Step::Ended(ended);
                self.ended.notify_all();
            }
            other => *step = other,
        }
    }
}

/// A fixed number of workers, which run jobs.
pub struct Pool {
    queue: Option<Sender<Arc<dyn Run>>>,
    threads: Vec<JoinHandle<()>>,
    ids: Arc<RwLock<Vec<ThreadId>>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    slot: Arc<Slot<R, E>>,
    run: Arc<dyn Run>,
    ids: Arc<RwLock<Vec<ThreadId>>>,
}

fn is_among(ids: &RwLock<Vec<ThreadId>>) -> bool {
    ids.read().unwrap().contains(&thread::current().id())
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        let (sender, receiver) = channel::unbounded::<Arc<dyn Run>>();
        let work = |_| {
            let receiver = receiver.clone();
            thread::spawn(move || {
                for slot in receiver {
                    let _ = catch_unwind(AssertUnwindSafe(|| slot.run()));
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(slot)));
                }
            })
        };
        let threads: Vec<_> = (0..workers).map(work).collect();
        let ids = threads.iter().map(|thread| thread.thread().id()).collect();
        Self { queue: Some(sender), threads, ids: Arc::new(RwLock::new(ids)) }
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let slot = Arc::new(Slot { step: Mutex::new(Step::Queued(Box::new(job))), ended: Condvar::new() });
        let run: Arc<dyn Run> = slot.clone();
        self.queue
            .as_ref()
            .expect("the pool is not dropped")
            .send(Arc::clone(&run))
            .expect("workers receive");
        Handle { slot, run, ids: Arc::clone(&self.ids) }
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
        self.queue = None;
        if !is_among(&self.ids) {
            for thread in self.threads.drain(..) {
                thread.join().expect("a worker catches panics");
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
        if is_among(&self.ids) {
            self.run.run();
        }
        let step = self.slot.step.lock().unwrap();
        let mut step = self.slot.ended.wait_while(step, |step| !matches!(step, Step::Ended(_))).unwrap();
        match mem::replace(&mut *step, Step::Running) {
            Step::Ended(ended) => ended,
            _ => unreachable!("it has ended"),
        }
    }
}

fn tolerate<R, E>(job: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}
