//! accepted: a supervisor's thread starts the workers, and a new one for each that ends by a panic, until all end well
//! for when one thread should be in charge of the others.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, mpsc};
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
            let result = job();
            self.done.lock().unwrap().insert(number, result);
        }
    }
}

/// Keeps as many workers at work as there should be, until each has ended without a panic.
fn supervise<R: Send + 'static>(shared: &Arc<Shared<R>>, workers: usize) {
    let (sender, ends) = mpsc::channel();
    let start = || {
        let (shared, sender) = (Arc::clone(shared), sender.clone());
        thread::spawn(move || {
            let worker = thread::spawn(move || shared.work());
            sender.send(worker.join().is_err()).expect("the supervisor listens");
        })
    };
    let mut threads: Vec<_> = (0..workers).map(|_| start()).collect();
    let mut left = workers;
    while left > 0 {
        if ends.recv().expect("the supervisor has a sender too") {
            threads.push(start());
        } else {
            left -= 1;
        }
    }
    threads.into_iter().for_each(|thread| thread.join().expect("it only waits"));
}

/// A pool of workers that is in business until it is finished or dropped.
pub struct Shift<R: Send + 'static> {
    shared: Arc<Shared<R>>,
    supervisor: Option<JoinHandle<()>>,
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
        let supervised = Arc::clone(&shared);
        let supervisor = thread::spawn(move || supervise(&supervised, workers));
        Self { shared, supervisor: Some(supervisor) }
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
        if let Some(supervisor) = self.supervisor.take() {
            supervisor.join().expect("the supervisor does not panic");
        }
    }
}

impl<R: Send + 'static> Drop for Shift<R> {
    fn drop(&mut self) {
        self.close();
    }
}
