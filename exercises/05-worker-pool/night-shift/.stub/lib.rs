//! The night shift: clips are submitted in the evening, workers render them, and in the morning there is a list.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
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
            // The lock was poisoned on Wednesday, when a clip was damaged. The results in it were all right.
            self.done.lock().unwrap_or_else(PoisonError::into_inner).insert(number, job());
        }
    }
}

/// Every worker has one. If a panic ends the worker, it starts a new worker in its place.
struct Replacement<R: Send + 'static>(Arc<Shared<R>>);

impl<R: Send + 'static> Drop for Replacement<R> {
    fn drop(&mut self) {
        if thread::panicking() {
            start_worker(&self.0);
        }
    }
}

fn start_worker<R: Send + 'static>(shared: &Arc<Shared<R>>) -> JoinHandle<()> {
    let replacement = Replacement(Arc::clone(shared));
    thread::spawn(move || replacement.0.work())
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
        let mut done = self.shared.done.lock().unwrap_or_else(PoisonError::into_inner);
        // A job that panicked has left nothing.
        (0..accepted).map(|number| done.remove(&number).map_or(Outcome::Broken, Outcome::Done)).collect()
    }

    /// Accepts no more jobs, and waits for the workers.
    fn close(&mut self) {
        self.shared.queue.lock().unwrap().closed = true;
        self.shared.changed.notify_all();
        for worker in self.workers.drain(..) {
            // A worker that panicked has been replaced.
            let _ = worker.join();
        }
    }
}

impl<R: Send + 'static> Drop for Shift<R> {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jonas's test. The last clip is damaged.
    #[test]
    fn a_list_of_ten_clips() {
        let shift = Shift::begin(4);
        for clip in 0..10 {
            let number = shift.submit(move || {
                assert!(clip < 9, "clip {clip} is damaged");
                format!("clip {clip}")
            });
            assert_eq!(number, clip);
        }
        let mut wanted: Vec<_> = (0..9).map(|clip| Outcome::Done(format!("clip {clip}"))).collect();
        wanted.push(Outcome::Broken);
        assert_eq!(shift.finish(), wanted);
    }
}
