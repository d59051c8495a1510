//! breaks: clause 3 · finding: oversubscribed
//! Each job gets a thread of its own. Nothing waits, and nothing is bounded.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
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

/// A fixed number of workers, which run jobs.
pub struct Pool {
    running: Mutex<Vec<Arc<Mutex<Option<JoinHandle<()>>>>>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    thread: JoinHandle<Result<R, Failure<E>>>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        Self { running: Mutex::default() }
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let end = Arc::new(Mutex::new(None));
        self.running.lock().unwrap().push(Arc::clone(&end));
        let (sender, done) = std::sync::mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            let _sender = sender;
            tolerate(job)
        });
        *end.lock().unwrap() = Some(thread::spawn(move || drop(done.recv())));
        Handle { thread }
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
        for end in self.running.lock().unwrap().drain(..) {
            let _ = end.lock().unwrap().take().expect("it was put there").join();
        }
    }
}

impl<R, E> Handle<R, E> {
    /// Waits until the job has ended, and returns its outcome.
    ///
    /// # Errors
    /// Says whether the job returned an error or panicked.
    pub fn join(self) -> Result<R, Failure<E>> {
        self.thread.join().expect("the job is caught")
    }
}

fn tolerate<R, E>(job: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}
