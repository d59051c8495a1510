//! accepted: a crossbeam channel of jobs, a channel of outcomes, and a catch around each job
//! for when no lock should be in sight.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};

use crossbeam::channel::{self, Receiver, Sender};

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<R> {
    /// It returned this.
    Done(R),
    /// It panicked.
    Broken,
}

type Job<R> = Box<dyn FnOnce() -> R + Send>;

/// A pool of workers that is in business until it is finished or dropped.
pub struct Shift<R: Send + 'static> {
    /// The sending end, and how many jobs have been sent.
    jobs: Mutex<(Option<Sender<(usize, Job<R>)>>, usize)>,
    outcomes: Receiver<(usize, Outcome<R>)>,
    workers: Vec<JoinHandle<()>>,
}

impl<R: Send + 'static> Shift<R> {
    /// A shift of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn begin(workers: usize) -> Self {
        assert!(workers > 0, "a shift needs at least one worker");
        let (jobs, queue) = channel::unbounded::<(usize, Job<R>)>();
        let (sender, outcomes) = channel::unbounded();
        let start = |_| {
            let (queue, sender) = (queue.clone(), sender.clone());
            thread::spawn(move || {
                for (number, job) in queue {
                    let ended = catch_unwind(AssertUnwindSafe(job));
                    let outcome = ended.map_or(Outcome::Broken, Outcome::Done);
                    sender
                        .send((number, outcome))
                        .ok()
                        .expect("the shift has the receiver until the workers have ended");
                }
            })
        };
        Self { jobs: Mutex::new((Some(jobs), 0)), outcomes, workers: (0..workers).map(start).collect() }
    }

    /// Accepts a job, and returns its number. The first job has the number 0. Does not wait for any job.
    pub fn submit(&self, job: impl FnOnce() -> R + Send + 'static) -> usize {
        let mut jobs = self.jobs.lock().unwrap();
        let number = jobs.1;
        jobs.1 += 1;
        let sender = jobs.0.as_ref().expect("the shift is open");
        sender.send((number, Box::new(job))).ok().expect("the workers receive");
        number
    }

    /// Waits until every accepted job has ended. Returns the outcomes in the order of the numbers.
    pub fn finish(mut self) -> Vec<Outcome<R>> {
        self.close();
        let mut outcomes: Vec<_> = self.outcomes.try_iter().collect();
        outcomes.sort_unstable_by_key(|(number, _)| *number);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn close(&mut self) {
        self.jobs.lock().unwrap().0 = None;
        for worker in self.workers.drain(..) {
            worker.join().expect("a worker catches panics");
        }
    }
}

impl<R: Send + 'static> Drop for Shift<R> {
    fn drop(&mut self) {
        self.close();
    }
}
