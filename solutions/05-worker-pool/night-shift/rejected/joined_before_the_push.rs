//! breaks: clause 1 · finding: race
//! A replacement is started by a helper's thread. When the worker has ended, its replacement may not be in the list yet.

use std::collections::{BTreeMap, VecDeque};
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
    workers: Mutex<Vec<JoinHandle<()>>>,
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
            let result = job();
            self.done.lock().unwrap().insert(number, result);
        }
    }
}

/// Every worker has one. If a panic ends the worker, it starts a new worker in its place.
struct Replacement<R: Send + 'static>(Arc<Shared<R>>);

impl<R: Send + 'static> Drop for Replacement<R> {
    fn drop(&mut self) {
        if thread::panicking() {
            let shared = Arc::clone(&self.0);
            thread::spawn(move || start_worker(&shared));
        }
    }
}

fn start_worker<R: Send + 'static>(shared: &Arc<Shared<R>>) {
    let replacement = Replacement(Arc::clone(shared));
    let mut workers = shared.workers.lock().unwrap();
    workers.push(thread::spawn(move || replacement.0.work()));
}

/// A pool of workers that is in business until it is finished or dropped.
pub struct Shift<R: Send + 'static> {
    shared: Arc<Shared<R>>,
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
            workers: Mutex::default(),
        });
        (0..workers).for_each(|_| start_worker(&shared));
        Self { shared }
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
        (0..accepted).map(|number| done.remove(&number).map_or(Outcome::Broken, Outcome::Done)).collect()
    }

    /// Accepts no more jobs, and waits for the workers.
    fn close(&mut self) {
        self.shared.queue.lock().unwrap().closed = true;
        self.shared.changed.notify_all();
        // A worker that panicked has left its replacement in the list before its thread ends.
        loop {
            let next = self.shared.workers.lock().unwrap().pop();
            let Some(worker) = next else { break };
            let _ = worker.join();
        }
    }
}

impl<R: Send + 'static> Drop for Shift<R> {
    fn drop(&mut self) {
        self.close();
    }
}
