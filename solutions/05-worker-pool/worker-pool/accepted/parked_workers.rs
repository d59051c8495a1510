//! accepted: idle workers are parked in a list, and submit hands a job to one of them or puts it in line
//! for when it should be known which workers are idle.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::thread::{self, JoinHandle, Thread, ThreadId};

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
struct Office {
    line: VecDeque<(u64, Job)>,
    idle: Vec<Thread>,
    staff: Vec<ThreadId>,
    next: u64,
    closed: bool,
}

type Shared = Arc<Mutex<Office>>;

thread_local! {
    static MINE: RefCell<Option<Shared>> = const { RefCell::new(None) };
}

fn lock(shared: &Shared) -> MutexGuard<'_, Office> {
    shared.lock().unwrap()
}

fn is_mine(shared: &Shared) -> bool {
    MINE.with_borrow(|mine| mine.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, shared)))
}

fn work(shared: Shared) {
    MINE.set(Some(Arc::clone(&shared)));
    let me = thread::current();
    loop {
        let mut office = lock(&shared);
        office.idle.retain(|idle| idle.id() != me.id());
        if let Some((_, job)) = office.line.pop_front() {
            drop(office);
            let _ = catch_unwind(AssertUnwindSafe(job));
        } else if office.closed {
            break;
        } else {
            office.idle.push(me.clone());
            drop(office);
            thread::park();
        }
    }
    MINE.set(None);
}

/// A fixed number of workers, which run jobs.
pub struct Pool {
    shared: Shared,
    workers: Vec<JoinHandle<()>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    shared: Shared,
    number: u64,
    outcome: mpsc::Receiver<Result<R, Failure<E>>>,
}

impl Pool {
    /// A pool of `workers` workers.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        let shared = Shared::default();
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || work(shared))
            })
            .collect();
        lock(&shared).staff = workers.iter().map(|worker| worker.thread().id()).collect();
        Self { shared, workers }
    }

    /// Accepts a job, and returns the handle for its result. Does not wait for any job.
    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let (sender, outcome) = mpsc::sync_channel(1);
        let job = move || {
            let ended = tolerate(job);
            let _ = sender.send(ended);
        };
        let mut office = lock(&self.shared);
        let number = office.next;
        office.next += 1;
        office.line.push_back((number, Box::new(job)));
        if let Some(worker) = office.idle.pop() {
            worker.unpark();
        }
        drop(office);
        Handle { shared: Arc::clone(&self.shared), number, outcome }
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
        let submit = |task| {
            let f = Arc::clone(&f);
            self.submit(move || {
                let ended = tolerate(|| f(&task));
                Ok::<_, ()>((task, ended))
            })
        };
        let handles: Vec<_> = tasks.into_iter().map(submit).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| unreachable!())).collect()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut office = lock(&self.shared);
        office.closed = true;
        office.idle.drain(..).for_each(|worker| worker.unpark());
        let mine = office.staff.contains(&thread::current().id());
        drop(office);
        if !mine {
            self.workers.drain(..).for_each(|worker| worker.join().expect("a worker catches panics"));
        }
    }
}

impl<R, E> Handle<R, E> {
    /// Waits until the job has ended, and returns its outcome.
    ///
    /// # Errors
    /// Says whether the job returned an error or panicked.
    pub fn join(self) -> Result<R, Failure<E>> {
        if is_mine(&self.shared) {
            let mut office = lock(&self.shared);
            let place = office.line.iter().position(|(number, _)| *number == self.number);
            let job = place.map(|place| office.line.remove(place));
            drop(office);
            if let Some(Some((_, job))) = job {
                job();
            }
        }
        self.outcome.recv().expect("every job sends its outcome")
    }
}

fn tolerate<R, E>(job: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}
