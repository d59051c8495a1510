//! breaks: clause 10 · finding: too-early
//! A `shutdown` inside a job is taken for one that has returned at its limit, so the drop does not wait.

use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

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

thread_local! {
    /// The core of the executor that has started this thread.
    static HOME: RefCell<Weak<Core>> = const { RefCell::new(Weak::new()) };
}

/// What is known about one job by the executor and by the handle.
struct Cell<R, J> {
    now: Mutex<Stage<R, J>>,
    changed: Condvar,
}

enum Stage<R, J> {
    Before(J),
    Between,
    After(Outcome<R, J>),
}

impl<R, J> Cell<R, J> {
    fn begin(&self) -> Option<J> {
        let mut now = self.now.lock().unwrap();
        match std::mem::replace(&mut *now, Stage::Between) {
            Stage::Before(job) => Some(job),
            other => {
                *now = other;
                None
            }
        }
    }

    fn end(&self, outcome: Outcome<R, J>) {
        *self.now.lock().unwrap() = Stage::After(outcome);
        self.changed.notify_all();
    }
}

/// A job without its types. `run` returns what tells the handle.
trait AnyJob: Send + Sync {
    fn run(&self) -> Box<dyn FnOnce() + '_>;
    fn cancel(&self);
}

struct Typed<R, J, C> {
    cell: Arc<Cell<R, J>>,
    call: C,
}

impl<R: Send, J: Send, C: Fn(J) -> R + Send + Sync> AnyJob for Typed<R, J, C> {
    fn run(&self) -> Box<dyn FnOnce() + '_> {
        let Some(job) = self.cell.begin() else { return Box::new(|| ()) };
        let outcome = match catch_unwind(AssertUnwindSafe(|| (self.call)(job))) {
            Ok(result) => Outcome::Done(result),
            Err(payload) => Outcome::Panicked(payload),
        };
        Box::new(move || self.cell.end(outcome))
    }

    fn cancel(&self) {
        if let Some(job) = self.cell.begin() {
            self.cell.end(Outcome::Cancelled(job));
        }
    }
}

#[derive(Default)]
struct Books {
    queue: VecDeque<(String, Box<dyn AnyJob>)>,
    /// By the number of the job, which is also its order. With the number of the worker.
    running: BTreeMap<u64, (usize, String)>,
    jobs: u64,
    threads: HashMap<usize, JoinHandle<()>>,
    started: usize,
    /// Workers that will look at the queue without being at the end of a job: they sleep, wake up, or have just been started.
    looking: usize,
    closed: bool,
    gave_up: bool,
}

impl Books {
    fn quiet(&self) -> bool {
        self.queue.is_empty() && self.running.is_empty()
    }

    fn names(&self) -> Vec<String> {
        self.running.values().map(|(_, name)| name.clone()).collect()
    }
}

struct Core {
    workers: usize,
    books: Mutex<Books>,
    for_workers: Condvar,
    for_owners: Condvar,
    /// Held by the shutdown that joins, so that the others don't return before it.
    joining: Mutex<()>,
}

impl Core {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    fn is_home(&self) -> bool {
        HOME.with_borrow(|home| std::ptr::eq(home.as_ptr(), self))
    }

    fn worker(self: &Arc<Self>, worker: usize) {
        HOME.set(Arc::downgrade(self));
        let mut books = self.books();
        books.looking -= 1;
        loop {
            if let Some((name, job)) = books.queue.pop_front() {
                books.jobs += 1;
                let number = books.jobs;
                books.running.insert(number, (worker, name));
                drop(books);
                let tell = job.run();
                self.books().running.remove(&number);
                self.for_owners.notify_all();
                tell();
                sweep(job);
                books = self.books();
            } else if books.closed {
                return;
            } else {
                books.looking += 1;
                books = self.for_workers.wait(books).unwrap();
                books.looking -= 1;
            }
        }
    }
}

/// Drops a job on which nobody waits, whatever that does.
fn sweep<T>(job: T) {
    let result = catch_unwind(AssertUnwindSafe(move || drop(job)));
    if let Err(payload) = result {
        std::mem::forget(catch_unwind(AssertUnwindSafe(move || drop(payload))));
    }
}

/// A fixed number of workers, which run jobs until they are shut down.
pub struct Executor {
    core: Arc<Core>,
    stop: Stop,
}

/// The claim to the outcome of one job.
pub struct Handle<R, J> {
    core: Arc<Core>,
    cell: Arc<Cell<R, J>>,
}

impl Executor {
    /// An executor with `workers` workers, which accepts jobs until `stop` is requested.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize, stop: Stop) -> Self {
        assert!(workers >= 1, "no workers, no work");
        let core = Core {
            workers,
            books: Mutex::default(),
            for_workers: Condvar::new(),
            for_owners: Condvar::new(),
            joining: Mutex::new(()),
        };
        Self { core: Arc::new(core), stop }
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
        self.enter(name, job, |job: F| job())
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
        assert!(!self.core.is_home(), "`map` waits, and a job may not wait for its own executor");
        let f = Arc::new(f);
        let mut places = 0_usize;
        let enter = |item| {
            let (f, name) = (Arc::clone(&f), format!("{name} {places}"));
            places += 1;
            self.enter(&name, item, move |item| f(item))
        };
        let entered: Vec<Result<Handle<R, T>, T>> = items.into_iter().map(enter).collect();
        entered
            .into_iter()
            .map(|entered| match entered {
                Ok(handle) => handle.join(),
                Err(item) => Outcome::Cancelled(item),
            })
            .collect()
    }

    /// Accepts nothing more, and waits until every job has ended, at most for `limit`. Returns the names of the jobs that
    /// still run.
    pub fn shutdown(&self, how: How, limit: Duration) -> Vec<String> {
        let core = &*self.core;
        let until = Instant::now().checked_add(limit);
        let mut books = core.books();
        books.closed = true;
        core.for_workers.notify_all();
        if how == How::Cancel {
            books = self.cancel(books);
        }
        if core.is_home() {
            // It returns before the end.
            books.gave_up = true;
            return books.names();
        }
        while !books.quiet() {
            match until {
                None => books = core.for_owners.wait(books).unwrap(),
                Some(until) => {
                    let now = Instant::now();
                    if now >= until {
                        books.gave_up = true;
                        break;
                    }
                    books = core.for_owners.wait_timeout(books, until - now).unwrap().0;
                }
            }
        }
        // The names first: destructors of cancelled jobs may take their time.
        let names = books.names();
        let busy: Vec<usize> = books.running.values().map(|(worker, _)| *worker).collect();
        drop(self.cancel(books));
        let _joining = core.joining.lock().unwrap();
        let threads = std::mem::take(&mut core.books().threads);
        let (stay, go): (HashMap<_, _>, HashMap<_, _>) =
            threads.into_iter().partition(|(worker, _)| busy.contains(worker));
        core.books().threads = stay;
        for thread in go.into_values() {
            let _ = thread.join();
        }
        names
    }

    /// Cancels what is in the queue, and takes the lock again.
    fn cancel<'a>(&'a self, mut books: MutexGuard<'a, Books>) -> MutexGuard<'a, Books> {
        let queue = std::mem::take(&mut books.queue);
        drop(books);
        self.core.for_owners.notify_all();
        queue.iter().for_each(|(_, job)| job.cancel());
        queue.into_iter().for_each(sweep);
        self.core.books()
    }

    fn enter<R, J, C>(&self, name: &str, job: J, call: C) -> Result<Handle<R, J>, J>
    where
        R: Send + 'static,
        J: Send + 'static,
        C: Fn(J) -> R + Send + Sync + 'static,
    {
        let core = &self.core;
        let mut books = core.books();
        if books.closed || self.stop.is_requested() {
            drop(books);
            return Err(job);
        }
        let cell = Arc::new(Cell { now: Mutex::new(Stage::Before(job)), changed: Condvar::new() });
        let typed = Typed { cell: Arc::clone(&cell), call };
        books.queue.push_back((name.to_owned(), Box::new(typed)));
        core.for_workers.notify_one();
        if books.queue.len() > books.looking && books.started < core.workers {
            let worker = books.started;
            books.started += 1;
            books.looking += 1;
            let theirs = Arc::clone(core);
            books.threads.insert(worker, thread::spawn(move || theirs.worker(worker)));
        }
        drop(books);
        Ok(Handle { core: Arc::clone(core), cell })
    }
}

impl Drop for Executor {
    /// Drains, unless there was a shutdown that gave up or the executor's own job drops it.
    fn drop(&mut self) {
        if !self.core.books().gave_up {
            self.shutdown(How::Drain, Duration::MAX);
        }
    }
}

impl<R, J> Handle<R, J> {
    /// Waits until the job has ended or is cancelled, and returns its outcome.
    ///
    /// # Panics
    /// If a job of the same executor calls it.
    pub fn join(self) -> Outcome<R, J> {
        assert!(!self.core.is_home(), "`join` waits, and a job may not wait for its own executor");
        let mut now = self.cell.now.lock().unwrap();
        loop {
            match std::mem::replace(&mut *now, Stage::Between) {
                Stage::After(outcome) => return outcome,
                before => *now = before,
            }
            now = self.cell.changed.wait(now).unwrap();
        }
    }
}
