//! accepted: a thread for each job, which waits for a permit of a small semaphore and gives it up however it ends
//! for when there should be no queue of one's own.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<R> {
    /// It returned this.
    Done(R),
    /// It panicked.
    Broken,
}

/// How many more jobs may run.
type Permits = Arc<(Mutex<usize>, Condvar)>;

struct Permit(Permits);

impl Permit {
    fn take(permits: &Permits) -> Self {
        let free = permits.0.lock().unwrap();
        *permits.1.wait_while(free, |free| *free == 0).unwrap() -= 1;
        Self(Arc::clone(permits))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap() += 1;
        self.0.1.notify_one();
    }
}

/// A pool of workers that is in business until it is finished or dropped.
pub struct Shift<R: Send + 'static> {
    permits: Permits,
    jobs: Mutex<Vec<JoinHandle<R>>>,
}

impl<R: Send + 'static> Shift<R> {
    /// A shift of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn begin(workers: usize) -> Self {
        assert!(workers > 0, "a shift needs at least one worker");
        Self { permits: Arc::new((Mutex::new(workers), Condvar::new())), jobs: Mutex::default() }
    }

    /// Accepts a job, and returns its number. The first job has the number 0. Does not wait for any job.
    pub fn submit(&self, job: impl FnOnce() -> R + Send + 'static) -> usize {
        let mut jobs = self.jobs.lock().unwrap();
        let permits = Arc::clone(&self.permits);
        jobs.push(thread::spawn(move || {
            let _permit = Permit::take(&permits);
            job()
        }));
        jobs.len() - 1
    }

    /// Waits until every accepted job has ended. Returns the outcomes in the order of the numbers.
    pub fn finish(mut self) -> Vec<Outcome<R>> {
        self.close()
    }

    fn close(&mut self) -> Vec<Outcome<R>> {
        let mut outcomes = Vec::new();
        loop {
            let next = {
                let mut jobs = self.jobs.lock().unwrap();
                if jobs.is_empty() {
                    return outcomes;
                }
                jobs.remove(0)
            };
            outcomes.push(next.join().map_or(Outcome::Broken, Outcome::Done));
        }
    }
}

impl<R: Send + 'static> Drop for Shift<R> {
    fn drop(&mut self) {
        drop(self.close());
    }
}
