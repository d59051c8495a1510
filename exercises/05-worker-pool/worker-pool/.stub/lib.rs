//! A worker pool that returns a handle for each job.

use std::any::Any;
use std::marker::PhantomData;

/// Why there is no result of a job. This one is given.
#[derive(Debug)]
pub enum Failure<E> {
    /// The job returned this error.
    Error(E),
    /// The job panicked with this payload.
    Panic(Box<dyn Any + Send>),
}

/// A fixed number of workers, which run jobs.
#[derive(Debug)]
pub struct Pool {
    // Yours to replace.
    fields: PhantomData<()>,
}

/// The claim to the result of one job.
#[derive(Debug)]
pub struct Handle<R, E> {
    // Yours to replace.
    fields: PhantomData<(R, E)>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        let _ = (workers, Self { fields: PhantomData });
        todo!("a queue, and workers that run what is in it")
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let _ = (self.fields, job, Handle::<R, E> { fields: PhantomData });
        todo!("put the job into the queue, and keep a way for its result to come back")
    }

    /// Calls `f` for every task on the workers. Returns each task with its outcome, in the order of the tasks.
    pub fn run_all<T, R, E, F>(&self, tasks: Vec<T>, f: F) -> Vec<(T, Result<R, Failure<E>>)>
    where
        T: Send + 'static,
        R: Send + 'static,
        E: Send + 'static,
        F: Fn(&T) -> Result<R, E> + Send + Sync + 'static,
    {
        let _ = (tasks, f);
        todo!("submit a job for each task, then join them")
    }
}

impl Drop for Pool {
    /// Lets the workers run every accepted job, and waits for them, unless a job of this pool drops it.
    fn drop(&mut self) {
        todo!("tell the workers that no more jobs will come, and wait for them")
    }
}

impl<R, E> Handle<R, E> {
    /// Waits until the job has ended, and returns its outcome.
    ///
    /// # Errors
    /// Says whether the job returned an error or panicked.
    pub fn join(self) -> Result<R, Failure<E>> {
        let _ = self.fields;
        todo!("wait for the outcome")
    }
}
