//! breaks: clause 9 · finding: panicked
//! In a job, `join` and `map` panic, also when they wait for another executor.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
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

static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The executor whose worker this thread is, or 0.
    static MEMBER_OF: Cell<u64> = const { Cell::new(0) };
}

/// Where the outcome of a job is put.
#[derive(Debug)]
struct Slot<R, J> {
    outcome: Mutex<Option<Outcome<R, J>>>,
    ended: Condvar,
}

/// A job of any type. Its outcome stays in it until it is told, so that no destructor runs too early.
trait Task: Send {
    fn run(&mut self);
    fn cancel(&mut self);
    fn tell(&mut self);
}

struct Job<R, J, C> {
    input: Option<J>,
    call: Option<C>,
    outcome: Option<Outcome<R, J>>,
    slot: Arc<Slot<R, J>>,
}

impl<R: Send, J: Send, C: FnOnce(J) -> R + Send> Task for Job<R, J, C> {
    fn run(&mut self) {
        let (Some(input), Some(call)) = (self.input.take(), self.call.take()) else { return };
        let result = catch_unwind(AssertUnwindSafe(|| call(input)));
        self.outcome = Some(result.map_or_else(Outcome::Panicked, Outcome::Done));
    }

    fn cancel(&mut self) {
        self.outcome = self.input.take().map(Outcome::Cancelled);
    }

    fn tell(&mut self) {
        *self.slot.outcome.lock().unwrap() = self.outcome.take();
        self.slot.ended.notify_all();
    }
}

struct Queued {
    name: String,
    task: Box<dyn Task>,
}

struct Running {
    worker: usize,
    name: String,
}

struct State {
    queue: VecDeque<Queued>,
    /// In the order in which they began.
    running: Vec<Running>,
    closed: bool,
    /// A shutdown has returned at its limit.
    gave_up: bool,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    ended: Condvar,
}

/// A fixed number of workers, which run jobs until they are shut down.
pub struct Executor {
    id: u64,
    stop: Stop,
    shared: Arc<Shared>,
    threads: Mutex<Vec<Option<JoinHandle<()>>>>,
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The claim to the outcome of one job.
#[derive(Debug)]
pub struct Handle<R, J> {
    slot: Arc<Slot<R, J>>,
}

impl Executor {
    /// An executor with `workers` workers, which accepts jobs until `stop` is requested.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize, stop: Stop) -> Self {
        assert!(workers > 0, "an executor needs at least one worker");
        let id = NEXT.fetch_add(1, Ordering::SeqCst);
        let state = State { queue: VecDeque::new(), running: Vec::new(), closed: false, gave_up: false };
        let shared =
            Arc::new(Shared { state: Mutex::new(state), work: Condvar::new(), ended: Condvar::new() });
        let start = |worker| {
            let shared = Arc::clone(&shared);
            Some(thread::spawn(move || {
                MEMBER_OF.set(id);
                shared.work(worker);
            }))
        };
        let threads = Mutex::new((0..workers).map(start).collect());
        Self { id, stop, shared, threads }
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
        self.accept(name.to_owned(), job, |job: F| job())
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
        assert!(!Self::in_a_job(), "a job must not wait for its own executor");
        let f = Arc::new(f);
        let accept = |(place, item)| {
            let f = Arc::clone(&f);
            self.accept(format!("{name} {place}"), item, move |item| f(item))
        };
        let handles: Vec<_> = items.into_iter().enumerate().map(accept).collect();
        handles.into_iter().map(|handle| handle.map_or_else(Outcome::Cancelled, Handle::join)).collect()
    }

    /// Accepts nothing more, and waits until every job has ended, at most for `limit`. Returns the names of the jobs that
    /// still run.
    pub fn shutdown(&self, how: How, limit: Duration) -> Vec<String> {
        let deadline = Instant::now().checked_add(limit);
        let mut state = self.shared.state.lock().unwrap();
        state.closed = true;
        let cancelled = if how == How::Cancel { mem::take(&mut state.queue) } else { VecDeque::new() };
        let names: Vec<String> = state.running.iter().map(|job| job.name.clone()).collect();
        drop(state);
        self.shared.work.notify_all();
        self.shared.ended.notify_all();
        cancel(cancelled);
        if self.inside() {
            return names;
        }

        let mut state = self.shared.state.lock().unwrap();
        while !(state.queue.is_empty() && state.running.is_empty()) {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.shared.ended.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    state.gave_up = true;
                    break;
                }
                Some(left) => self.shared.ended.wait_timeout(state, left).unwrap().0,
            };
        }
        let cancelled = mem::take(&mut state.queue);
        let busy: Vec<usize> = state.running.iter().map(|job| job.worker).collect();
        let names = state.running.iter().map(|job| job.name.clone()).collect();
        drop(state);
        self.shared.ended.notify_all();
        cancel(cancelled);
        self.join(&busy);
        names
    }

    fn accept<R, J, C>(&self, name: String, input: J, call: C) -> Result<Handle<R, J>, J>
    where
        R: Send + 'static,
        J: Send + 'static,
        C: FnOnce(J) -> R + Send + 'static,
    {
        let mut state = self.shared.state.lock().unwrap();
        if state.closed || self.stop.is_requested() {
            drop(state);
            return Err(input);
        }
        let slot = Arc::new(Slot { outcome: Mutex::new(None), ended: Condvar::new() });
        let handle = Handle { slot: Arc::clone(&slot) };
        let task = Box::new(Job { input: Some(input), call: Some(call), outcome: None, slot });
        state.queue.push_back(Queued { name, task });
        self.shared.work.notify_one();
        Ok(handle)
    }

    fn inside(&self) -> bool {
        MEMBER_OF.get() == self.id
    }

    fn in_a_job() -> bool {
        MEMBER_OF.get() != 0
    }

    /// Joins the workers that have nothing to do any more.
    fn join(&self, busy: &[usize]) {
        let mut threads = self.threads.lock().unwrap();
        for (worker, thread) in threads.iter_mut().enumerate() {
            if !busy.contains(&worker) {
                if let Some(thread) = thread.take() {
                    thread.join().expect("a worker catches all panics");
                }
            }
        }
    }
}

/// First all outcomes are told. Only then do destructors run, which may do whatever they like.
fn cancel(mut cancelled: VecDeque<Queued>) {
    for job in &mut cancelled {
        job.task.cancel();
        job.task.tell();
    }
    for job in cancelled {
        discard(job.task);
    }
}

fn discard<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        // The destructor of a payload may panic as well.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(payload))).map_err(mem::forget);
    }
}

impl Shared {
    fn work(&self, worker: usize) {
        let mut state = self.state.lock().unwrap();
        loop {
            let Some(Queued { name, mut task }) = state.queue.pop_front() else {
                if state.closed {
                    return;
                }
                state = self.work.wait(state).unwrap();
                continue;
            };
            state.running.push(Running { worker, name });
            drop(state);
            task.run();
            // A job whose outcome is known is never among those that run.
            state = self.state.lock().unwrap();
            state.running.retain(|job| job.worker != worker);
            drop(state);
            self.ended.notify_all();
            task.tell();
            discard(task);
            state = self.state.lock().unwrap();
        }
    }
}

impl Drop for Executor {
    /// Drains, unless there was a shutdown that gave up or the executor's own job drops it.
    fn drop(&mut self) {
        let gave_up = self.shared.state.lock().unwrap().gave_up;
        if !gave_up {
            // In a job this only asks.
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
        assert!(!Executor::in_a_job(), "a job must not wait for its own executor");
        let mut outcome = self.slot.outcome.lock().unwrap();
        loop {
            match outcome.take() {
                Some(outcome) => return outcome,
                None => outcome = self.slot.ended.wait(outcome).unwrap(),
            }
        }
    }
}
