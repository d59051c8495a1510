//! breaks: clause 9 · finding: too-late
//! A job that shuts its executor down waits for every worker, and one of them is its own.

use std::any::Any;
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, mpsc};
use std::thread;
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
        let before = mem::replace(&mut *requested.lock().unwrap(), true);
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

/// What shall be done with a job that is taken out of the queue.
enum Order {
    /// Run it. It has this number in the list of running jobs.
    Run(u64),
    Cancel,
}

type Task = Box<dyn FnOnce(Order) + Send>;

struct State {
    /// Jobs that have not begun, each with its name, the oldest first.
    queue: VecDeque<(String, Task)>,
    /// The names of the jobs that run, in the order in which they began.
    running: BTreeMap<u64, String>,
    begun: u64,
    /// How many workers have not ended.
    workers: usize,
    closed: bool,
    /// Whether a shutdown has returned at its limit.
    gave_up: bool,
}

/// What the executor, its workers and its handles share.
struct Shared {
    state: Mutex<State>,
    /// Notified when a job comes, and when no more will come.
    changed: Condvar,
    /// Notified when the last worker ends.
    ended: Condvar,
}

thread_local! {
    /// The executor that this thread is a worker of. A worker keeps its memory alive, so the address is unique.
    static MINE: Cell<*const Shared> = const { Cell::new(ptr::null()) };
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics under this lock")
    }

    /// What a worker does all its life.
    fn work(self: Arc<Self>) {
        MINE.set(Arc::as_ptr(&self));
        let mut state = self.lock();
        loop {
            let idle = |state: &mut State| state.queue.is_empty() && !state.closed;
            state = self.changed.wait_while(state, idle).unwrap();
            // Empty and closed: only then is there nothing left to do.
            let Some((name, task)) = state.queue.pop_front() else { break };
            let number = state.begun;
            state.begun += 1;
            state.running.insert(number, name);
            drop(state);
            settle(task, Order::Run(number));
            state = self.lock();
        }
        state.workers -= 1;
        if state.workers == 0 {
            self.ended.notify_all();
        }
    }

    /// Accepts nothing more. Jobs that have not begun are cancelled, if that is asked for.
    fn close(&self, how: How) {
        let mut state = self.lock();
        state.closed = true;
        let cancelled = if how == How::Cancel { mem::take(&mut state.queue) } else { VecDeque::new() };
        // A job that nobody wants back is dropped here, and its destructor may use the executor: nothing is locked.
        drop(state);
        self.changed.notify_all();
        for (_, task) in cancelled {
            settle(task, Order::Cancel);
        }
    }

    /// Whether the caller runs in a job of this executor.
    fn is_mine(&self) -> bool {
        ptr::eq(MINE.get(), self)
    }
}

/// Runs or cancels a job. Its own panic is caught inside; the destructor of what nobody wants may panic, too.
fn settle(task: Task, order: Order) {
    let _ = catch_unwind(AssertUnwindSafe(|| task(order)));
}

/// A fixed number of workers, which run jobs until they are shut down.
pub struct Executor {
    shared: Arc<Shared>,
    stop: Stop,
}

/// The claim to the outcome of one job.
pub struct Handle<R, J> {
    shared: Arc<Shared>,
    outcome: mpsc::Receiver<Outcome<R, J>>,
}

impl Executor {
    /// An executor with `workers` workers, which accepts jobs until `stop` is requested.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize, stop: Stop) -> Self {
        assert!(workers > 0, "an executor needs at least one worker");
        let state = State {
            queue: VecDeque::new(),
            running: BTreeMap::new(),
            begun: 0,
            workers,
            closed: false,
            gave_up: false,
        };
        let shared =
            Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), ended: Condvar::new() });
        for _ in 0..workers {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.work());
        }
        Self { shared, stop }
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
        self.accept(name.to_owned(), job, |job| job())
    }

    /// Puts an input and what to do with it into the queue. If it is refused or cancelled, the input comes back.
    fn accept<J, R, W>(&self, name: String, input: J, work: W) -> Result<Handle<R, J>, J>
    where
        J: Send + 'static,
        R: Send + 'static,
        W: FnOnce(J) -> R + Send + 'static,
    {
        let mut state = self.shared.lock();
        if state.closed || self.stop.is_requested() {
            return Err(input);
        }
        let (sender, outcome) = mpsc::channel();
        let shared = Arc::clone(&self.shared);
        let task = move |order| {
            let outcome = match order {
                Order::Run(number) => {
                    let outcome = catch_unwind(AssertUnwindSafe(|| work(input)));
                    // Before the handle learns of it: a job that has been joined is not running.
                    shared.lock().running.remove(&number);
                    outcome.map_or_else(Outcome::Panicked, Outcome::Done)
                }
                Order::Cancel => Outcome::Cancelled(input),
            };
            // Nobody listens if the handle was dropped. That is no reason to stop.
            let _ = sender.send(outcome);
        };
        state.queue.push_back((name, Box::new(task)));
        // One job, one worker, and any worker will do.
        self.shared.changed.notify_one();
        Ok(Handle { shared: Arc::clone(&self.shared), outcome })
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
        assert!(!self.shared.is_mine(), "a job can't wait for its own executor");
        let f = Arc::new(f);
        let accept = |(place, item)| {
            let f = Arc::clone(&f);
            self.accept(format!("{name} {place}"), item, move |item| f(item))
        };
        // All are accepted before the first is waited for.
        let accepted: Vec<_> = items.into_iter().enumerate().map(accept).collect();
        accepted.into_iter().map(|it| it.map_or_else(Outcome::Cancelled, Handle::join)).collect()
    }

    /// Accepts nothing more, and waits until every job has ended, at most for `limit`. Returns the names of the jobs that
    /// still run.
    pub fn shutdown(&self, how: How, limit: Duration) -> Vec<String> {
        let shared = &self.shared;
        let called = Instant::now();
        shared.close(how);
        let left = limit.saturating_sub(called.elapsed());
        // A job would wait for its own end.
        {
            let at_work = |state: &mut State| state.workers > 0;
            let (mut state, waited) = shared.ended.wait_timeout_while(shared.lock(), left, at_work).unwrap();
            state.gave_up |= waited.timed_out();
            drop(state);
            if waited.timed_out() {
                shared.close(How::Cancel);
            }
        }
        shared.lock().running.values().cloned().collect()
    }
}

impl Drop for Executor {
    /// Drains, unless there was a shutdown that gave up or the executor's own job drops it.
    fn drop(&mut self) {
        self.shared.close(How::Drain);
        if !self.shared.is_mine() {
            let at_work = |state: &mut State| state.workers > 0 && !state.gave_up;
            drop(self.shared.ended.wait_while(self.shared.lock(), at_work).unwrap());
        }
    }
}

impl<R, J> Handle<R, J> {
    /// Waits until the job has ended or is cancelled, and returns its outcome.
    ///
    /// # Panics
    /// If a job of the same executor calls it.
    pub fn join(self) -> Outcome<R, J> {
        assert!(!self.shared.is_mine(), "a job can't wait for its own executor");
        self.outcome.recv().expect("every job is run or cancelled")
    }
}
