//! accepted: a slot for each job, made when it is submitted, which its worker fills
//! for when an outcome should be readable before the end.

use std::collections::VecDeque;
use std::mem;
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

type Slot<R> = Arc<Mutex<Outcome<R>>>;
type Job = Box<dyn FnOnce() + Send>;

/// The jobs that no worker has taken yet.
struct Queue<R> {
    jobs: VecDeque<Job>,
    slots: Vec<Slot<R>>,
    closed: bool,
}

struct Shared<R> {
    queue: Mutex<Queue<R>>,
    changed: Condvar,
}

impl<R: Send + 'static> Shared<R> {
    /// The next job. Waits for one. `None` when no more will come.
    fn next(&self) -> Option<Job> {
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
        while let Some(job) = self.next() {
            let _ = catch_unwind(AssertUnwindSafe(job));
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
            queue: Mutex::new(Queue { jobs: VecDeque::new(), slots: Vec::new(), closed: false }),
            changed: Condvar::new(),
        });
        let workers = (0..workers).map(|_| start_worker(&shared)).collect();
        Self { shared, workers }
    }

    /// Accepts a job, and returns its number. The first job has the number 0. Does not wait for any job.
    pub fn submit(&self, job: impl FnOnce() -> R + Send + 'static) -> usize {
        let mut queue = self.shared.queue.lock().unwrap();
        let slot: Slot<R> = Arc::new(Mutex::new(Outcome::Broken));
        let number = queue.slots.len();
        queue.slots.push(Arc::clone(&slot));
        queue.jobs.push_back(Box::new(move || {
            let result = job();
            *slot.lock().unwrap() = Outcome::Done(result);
        }));
        self.shared.changed.notify_one();
        number
    }

    /// Waits until every accepted job has ended. Returns the outcomes in the order of the numbers.
    pub fn finish(mut self) -> Vec<Outcome<R>> {
        self.close();
        let slots = mem::take(&mut self.shared.queue.lock().unwrap().slots);
        slots.iter().map(|slot| mem::replace(&mut *slot.lock().unwrap(), Outcome::Broken)).collect()
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
