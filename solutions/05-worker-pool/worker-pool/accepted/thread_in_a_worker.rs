//! accepted: no catch: a worker gives each job to a thread of its own, and joining it tells how the job ended
//! for when a job may leave its thread in a state that no other job should see.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, Weak, mpsc};
use std::thread::{self, JoinHandle};

/// Why there is no result of a job.
#[derive(Debug)]
pub enum Failure<E> {
    /// The job returned this error.
    Error(E),
    /// The job panicked with this payload.
    Panic(Box<dyn Any + Send>),
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    jobs: VecDeque<(usize, Job)>,
    next: usize,
    closed: bool,
}

type Shared = (Mutex<Queue>, Condvar);

thread_local! {
    static POOL: RefCell<Weak<Shared>> = const { RefCell::new(Weak::new()) };
}

fn is_mine(pool: &Arc<Shared>) -> bool {
    POOL.with_borrow(|mine| mine.as_ptr() == Arc::as_ptr(pool))
}

/// A thread for one job, joined before the next one.
fn run(pool: &Arc<Shared>, job: Job) {
    let mine = Arc::downgrade(pool);
    let thread = thread::spawn(move || {
        POOL.set(mine);
        job();
    });
    let _ = thread.join();
}

fn work(pool: &Arc<Shared>) {
    loop {
        let job = {
            let mut queue = pool.0.lock().unwrap();
            loop {
                match queue.jobs.pop_front() {
                    Some((_, job)) => break job,
                    None if queue.closed => return,
                    None => queue = pool.1.wait(queue).unwrap(),
                }
            }
        };
        run(pool, job);
    }
}

/// A fixed number of workers, which run jobs.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    pool: Arc<Shared>,
    number: usize,
    outcome: mpsc::Receiver<Result<R, Failure<E>>>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        let shared = Arc::<Shared>::default();
        let spawn = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || work(&shared))
        };
        Self { workers: (0..workers).map(spawn).collect(), shared }
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let (sender, outcome) = mpsc::channel();
        let pool = Arc::downgrade(&self.shared);
        let job: Job = Box::new(move || {
            let inner = thread::spawn(move || {
                POOL.set(pool);
                job()
            });
            let ended = match inner.join() {
                Ok(returned) => returned.map_err(Failure::Error),
                Err(payload) => Err(Failure::Panic(payload)),
            };
            let _ = sender.send(ended);
        });
        let mut queue = self.shared.0.lock().unwrap();
        let number = queue.next;
        queue.next += 1;
        queue.jobs.push_back((number, job));
        self.shared.1.notify_one();
        Handle { pool: Arc::clone(&self.shared), number, outcome }
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
        let submit = |mut task| {
            let f = Arc::clone(&f);
            self.submit(move || {
                let ended = tolerate(&*f, &mut task);
                Ok::<_, ()>((task, ended))
            })
        };
        let handles: Vec<_> = tasks.into_iter().map(submit).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| unreachable!())).collect()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.0.lock().unwrap().closed = true;
        self.shared.1.notify_all();
        if !is_mine(&self.shared) {
            for worker in self.workers.drain(..) {
                worker.join().expect("a worker never panics");
            }
        }
    }
}

impl<R, E> Handle<R, E> {
    /// Waits until the job has ended, and returns its outcome.
    ///
    /// # Errors
    /// Says whether the job returned an error or panicked.
    pub fn join(self) -> Result<R, Failure<E>> {
        if is_mine(&self.pool) {
            let mut queue = self.pool.0.lock().unwrap();
            let place = queue.jobs.iter().position(|(number, _)| *number == self.number);
            let job = place.and_then(|place| queue.jobs.remove(place));
            drop(queue);
            if let Some((_, job)) = job {
                job();
            }
        }
        self.outcome.recv().expect("every job sends its outcome")
    }
}

/// The task has to outlive a panic of `f`, so its thread borrows it.
fn tolerate<T: Send, R: Send, E: Send>(
    f: &(impl Fn(&T) -> Result<R, E> + Sync),
    task: &mut T,
) -> Result<R, Failure<E>> {
    let mine = POOL.with_borrow(Weak::clone);
    let call = move || {
        POOL.set(mine);
        f(task)
    };
    match thread::scope(|scope| scope.spawn(call).join()) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}
