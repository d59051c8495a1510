//! An executor that can be shut down: nothing is lost without a word, and nothing runs on unnamed.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// A request to stop, shared by whoever makes it and whoever obeys it. This one is given.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Nobody has asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop. Returns whether this was the first request.
    pub fn request(&self) -> bool {
        let (requested, asked) = &*self.0;
        let before = std::mem::replace(&mut *requested.lock().unwrap(), true);
        asked.notify_all();
        !before
    }

    /// Whether somebody has asked to stop.
    pub fn is_requested(&self) -> bool {
        *self.0.0.lock().unwrap()
    }

    /// Waits until somebody asks to stop, and at most for `limit`. Returns whether somebody has asked.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let (requested, asked) = &*self.0;
        let guard = requested.lock().unwrap();
        *asked.wait_timeout_while(guard, limit, |requested| !*requested).unwrap().0
    }
}

/// What became of a job. `J` is the job, or the item of a `map`. This one is given.
#[derive(Debug)]
pub enum Outcome<R, J> {
    /// It returned this.
    Done(R),
    /// It panicked with this payload.
    Panicked(Box<dyn Any + Send>),
    /// It was not called, and here it is.
    Cancelled(J),
}

/// What a shutdown does with jobs that have not begun. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// They run first.
    Drain,
    /// They are cancelled.
    Cancel,
}

/// A fixed number of workers, which run jobs until they are shut down.
#[derive(Debug)]
pub struct Executor {
    // Yours to replace.
    fields: PhantomData<Stop>,
}

/// The claim to the outcome of one job.
#[derive(Debug)]
pub struct Handle<R, J> {
    // Yours to replace.
    fields: PhantomData<(R, J)>,
}

impl Executor {
    /// An executor with `workers` workers, which accepts jobs until `stop` is requested.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize, stop: Stop) -> Self {
        let _ = (workers, stop, Self { fields: PhantomData });
        todo!("a queue, workers that run what is in it, and a list of what runs")
    }

    /// Accepts a job, and returns the handle for its outcome. Does not wait for any job.
    ///
    /// # Errors
    /// Returns the job if it is refused.
    pub fn submit<R, F>(&self, name: &str, job: F) -> Result<Handle<R, F>, F>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        let _ = (self.fields, name, job, Handle::<R, F> { fields: PhantomData });
        todo!("put the job into the queue, so that it can be run or returned")
    }

    /// Calls `f` for every item on the workers. Returns an outcome for each item, in their order.
    ///
    /// # Panics
    /// If a job of this executor calls it.
    pub fn map<T, R, F>(&self, name: &str, items: Vec<T>, f: F) -> Vec<Outcome<R, T>>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: Fn(T) -> R + Send + Sync + 'static,
    {
        let _ = (name, items, f);
        todo!("accept a job for each item, then join them; what is refused is cancelled")
    }

    /// Accepts nothing more, and waits until every job has ended, at most for `limit`. Returns the names of the jobs that
    /// still run.
    pub fn shutdown(&self, how: How, limit: Duration) -> Vec<String> {
        let _ = (how, limit);
        todo!("tell the workers, cancel what has to be cancelled, and wait")
    }
}

impl Drop for Executor {
    /// Drains, unless there was a shutdown that gave up or the executor's own job drops it.
    fn drop(&mut self) {
        todo!("tell the workers that no more jobs will come, and wait for them")
    }
}

impl<R, J> Handle<R, J> {
    /// Waits until the job has ended or is cancelled, and returns its outcome.
    ///
    /// # Panics
    /// If a job of the same executor calls it.
    pub fn join(self) -> Outcome<R, J> {
        let _ = self.fields;
        todo!("wait for the outcome")
    }
}
