//! breaks: clause 1 · finding: wrong-answer
//! The list has the results. A job that panicked is not in it.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
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

type Job<R> = Box<dyn FnOnce() -> R + Send>;

/// The jobs that no worker has taken yet.
struct Queue<R> {
    jobs: VecDeque<(usize, Job<R>)>,
    accepted: usize,
    closed: bool,
}

struct Shared<R> {
    queue: Mutex<Queue<R>>,
    changed: Condvar,
    done: Mutex<BTreeMap<usize, R>>,
}

impl<R: Send + 'static> Shared<R> {
    /// The next job with its number. Waits for one. `None` when no more will come.
    fn next(&self) -> Option<(usize, Job<R>)> {
        let mut queue = self.queue.lock().unwrap();
        loop {
            if let Some(next) = queue.jobs.pop_front() {
                return Some(next);
            }
            if queue.closed {
                return None;
            }
            queue = self.changed.wait(queue).unwrap();
        }
    }

    fn work(&self) {
        while let Some((number, job)) = self.next() {
            // What the job leaves half done is dropped with it. The worker itself is unharmed.
            if let Ok(result) = catch_unwind(AssertUnwindSafe(job)) {
                self.done.lock().unwrap().insert(number, result);
            }
        }
    }
}

fn start_worker<R: Send + 'static>(shared: &Arc<Shared<R>>) -> JoinHandle<()> {
    let shared = Arc::clone(shared);
    thread::spawn(move || shared.work())
}

/// A pool of workers that is in business until it is finished or dropped.
pub struct Shift<R: Send + 'static> {
    shared: Arc<Shared<R>>,
    workers: Vec<JoinHandle<()>>,
}

impl<R: Send + 'static> Shift<R> {
    /// A shift of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn begin(workers: usize) -> Self {
        assert!(workers > 0, "a shift needs at least one worker");
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue { jobs: VecDeque::new(), accepted: 0, closed: false }),
            changed: Condvar::new(),
            done: Mutex::default(),
        });
        let workers = (0..workers).map(|_| start_worker(&shared)).collect();
        Self { shared, workers }
    }

    /// Accepts a job, and returns its number. The first job has the number 0. Does not wait for any job.
    pub fn submit(&self, job: impl FnOnce() -> R + Send + 'static) -> usize {
        let mut queue = self.shared.queue.lock().unwrap();
        let number = queue.accepted;
        queue.accepted += 1;
        queue.jobs.push_back((number, Box::new(job)));
        self.shared.changed.notify_one();
        number
    }

    /// Waits until every accepted job has ended. Returns the outcomes in the order of the numbers.
    pub fn finish(mut self) -> Vec<Outcome<R>> {
        self.close();
        let accepted = self.shared.queue.lock().unwrap().accepted;
        let mut done = self.shared.done.lock().unwrap();
        // A job that panicked has left nothing.
        (0..accepted).filter_map(|number| done.remove(&number).map(Outcome::Done)).collect()
    }

    /// Accepts no more jobs, and waits for the workers.
    fn close(&mut self) {
        self.shared.queue.lock().unwrap().closed = true;
        self.shared.changed.notify_all();
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
