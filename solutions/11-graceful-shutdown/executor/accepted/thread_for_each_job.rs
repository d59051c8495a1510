//! accepted: a thread for each job; each end of a job starts the next one
//! for when jobs are long, and a thread for each costs little beside them.

use std::any::Any;
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
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

thread_local! {
    /// Where the inner part of the executor lies to which this thread belongs. It lives as long as the thread.
    static INNER: Cell<*const ()> = const { Cell::new(std::ptr::null()) };
}

/// The outcome of a job, which its handle waits for.
struct Promise<R, J> {
    kept: Mutex<Option<Outcome<R, J>>>,
    now: Condvar,
}

impl<R, J> Promise<R, J> {
    fn keep(&self, outcome: Outcome<R, J>) {
        *self.kept.lock().unwrap() = Some(outcome);
        self.now.notify_all();
    }
}

/// A job, told what to do with itself: `begin` calls it and returns the second half, which tells the outcome.
trait Job: Send {
    fn begin(self: Box<Self>) -> Box<dyn Ended>;
    fn cancel(self: Box<Self>) -> Box<dyn Ended>;
}

trait Ended: Send {
    /// Tells the outcome. What is left of the job goes with `self`.
    fn tell(&mut self);
}

struct Waiting<R, J, C> {
    job: J,
    call: C,
    promise: Arc<Promise<R, J>>,
}

struct Over<R, J, C> {
    outcome: Option<Outcome<R, J>>,
    promise: Arc<Promise<R, J>>,
    _call: Option<C>,
}

impl<R, J, C> Job for Waiting<R, J, C>
where
    R: Send + 'static,
    J: Send + 'static,
    C: FnOnce(J) -> R + Send + 'static,
{
    fn begin(self: Box<Self>) -> Box<dyn Ended> {
        let Self { job, call, promise } = *self;
        let outcome = match catch_unwind(AssertUnwindSafe(move || call(job))) {
            Ok(result) => Outcome::Done(result),
            Err(payload) => Outcome::Panicked(payload),
        };
        Box::new(Over { outcome: Some(outcome), promise, _call: None::<C> })
    }

    fn cancel(self: Box<Self>) -> Box<dyn Ended> {
        let Self { job, call, promise } = *self;
        Box::new(Over { outcome: Some(Outcome::Cancelled(job)), promise, _call: Some(call) })
    }
}

impl<R: Send, J: Send, C: Send> Ended for Over<R, J, C> {
    fn tell(&mut self) {
        if let Some(outcome) = self.outcome.take() {
            self.promise.keep(outcome);
        }
    }
}

struct State {
    queue: VecDeque<(String, Box<dyn Job>)>,
    running: BTreeMap<u64, String>,
    next: u64,
    threads: BTreeMap<u64, JoinHandle<()>>,
    /// Threads that have nothing more to do than to end.
    over: Vec<u64>,
    open: bool,
    limit_was_over: bool,
}

impl State {
    fn has_work(&self) -> bool {
        !self.queue.is_empty() || !self.running.is_empty()
    }

    fn names(&self) -> Vec<String> {
        self.running.values().cloned().collect()
    }
}

struct Inner {
    workers: usize,
    state: Mutex<State>,
    changed: Condvar,
    /// Held while threads are joined.
    joins: Mutex<()>,
}

impl Inner {
    fn is_here(self: &Arc<Self>) -> bool {
        INNER.get() == Arc::as_ptr(self).cast()
    }

    /// Starts as many jobs as there may be.
    fn start(self: &Arc<Self>, state: &mut State) {
        while state.running.len() < self.workers {
            let Some((name, job)) = state.queue.pop_front() else { return };
            let number = state.next;
            state.next += 1;
            state.running.insert(number, name);
            let inner = Arc::clone(self);
            let thread = thread::spawn(move || {
                INNER.set(Arc::as_ptr(&inner).cast());
                inner.live(number, job);
            });
            state.threads.insert(number, thread);
        }
    }

    /// The life of a thread.
    fn live(self: &Arc<Self>, number: u64, job: Box<dyn Job>) {
        let mut ended = job.begin();
        let mut state = self.state.lock().unwrap();
        state.running.remove(&number);
        self.start(&mut state);
        drop(state);
        self.changed.notify_all();
        ended.tell();
        quietly_drop(ended);
        self.state.lock().unwrap().over.push(number);
    }

    /// Joins the threads for which `which` holds.
    fn join(&self, which: impl Fn(&State, u64) -> bool) {
        let _joins = self.joins.lock().unwrap();
        let mut state = self.state.lock().unwrap();
        let numbers: Vec<u64> =
            state.threads.keys().copied().filter(|number| which(&state, *number)).collect();
        let threads: Vec<_> = numbers.iter().filter_map(|number| state.threads.remove(number)).collect();
        state.over.retain(|number| !numbers.contains(number));
        drop(state);
        for thread in threads {
            let _ = thread.join();
        }
    }
}

fn quietly_drop<T>(value: T) {
    let mut result = catch_unwind(AssertUnwindSafe(move || drop(value)));
    while let Err(payload) = result {
        result = catch_unwind(AssertUnwindSafe(move || drop(payload)));
    }
}

fn cancel(jobs: VecDeque<(String, Box<dyn Job>)>) {
    for (_, job) in jobs {
        let mut cancelled = job.cancel();
        cancelled.tell();
        quietly_drop(cancelled);
    }
}

/// A fixed number of workers, which run jobs until they are shut down.
pub struct Executor {
    inner: Arc<Inner>,
    stop: Stop,
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Executor({} workers)", self.inner.workers)
    }
}

/// The claim to the outcome of one job.
pub struct Handle<R, J> {
    inner: Arc<Inner>,
    promise: Arc<Promise<R, J>>,
}

impl<R, J> fmt::Debug for Handle<R, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

impl Executor {
    /// An executor with `workers` workers, which accepts jobs until `stop` is requested.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn new(workers: usize, stop: Stop) -> Self {
        assert_ne!(workers, 0, "an executor without workers");
        let state = State {
            queue: VecDeque::new(),
            running: BTreeMap::new(),
            next: 0,
            threads: BTreeMap::new(),
            over: Vec::new(),
            open: true,
            limit_was_over: false,
        };
        let (state, changed) = (Mutex::new(state), Condvar::new());
        Self { inner: Arc::new(Inner { workers, state, changed, joins: Mutex::new(()) }), stop }
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
        self.submit_with(name.into(), job, |job: F| job())
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
        assert!(!self.inner.is_here(), "`map` is called in a job");
        let f = Arc::new(f);
        let handles: Vec<_> = (0..)
            .zip(items)
            .map(|(place, item): (usize, T)| {
                let f = Arc::clone(&f);
                self.submit_with(format!("{name} {place}"), item, move |item| f(item))
            })
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.map_or_else(Outcome::Cancelled, |handle| handle.join()))
            .collect()
    }

    /// Accepts nothing more, and waits until every job has ended, at most for `limit`. Returns the names of the jobs that
    /// still run.
    pub fn shutdown(&self, how: How, limit: Duration) -> Vec<String> {
        let inner = &self.inner;
        let begin = Instant::now();
        let mut state = inner.state.lock().unwrap();
        state.open = false;
        if how == How::Cancel {
            let jobs = std::mem::take(&mut state.queue);
            drop(state);
            inner.changed.notify_all();
            cancel(jobs);
            state = inner.state.lock().unwrap();
        }
        if inner.is_here() {
            return state.names();
        }
        let mut left = limit.saturating_sub(begin.elapsed());
        while state.has_work() && !left.is_zero() {
            state = inner.changed.wait_timeout(state, left).unwrap().0;
            left = limit.saturating_sub(begin.elapsed());
        }
        let names = state.names();
        state.limit_was_over |= !names.is_empty();
        let running: Vec<u64> = state.running.keys().copied().collect();
        let jobs = std::mem::take(&mut state.queue);
        drop(state);
        inner.changed.notify_all();
        cancel(jobs);
        inner.join(|_, number| !running.contains(&number));
        names
    }

    fn submit_with<R, J, C>(&self, name: String, job: J, call: C) -> Result<Handle<R, J>, J>
    where
        R: Send + 'static,
        J: Send + 'static,
        C: FnOnce(J) -> R + Send + 'static,
    {
        let mut state = self.inner.state.lock().unwrap();
        if !state.open || self.stop.is_requested() {
            drop(state);
            return Err(job);
        }
        let promise = Arc::new(Promise { kept: Mutex::new(None), now: Condvar::new() });
        let waiting = Waiting { job, call, promise: Arc::clone(&promise) };
        state.queue.push_back((name, Box::new(waiting)));
        self.inner.start(&mut state);
        let many = state.over.len() > 16;
        drop(state);
        if many && !self.inner.is_here() {
            // So that the stacks of thousands of threads don't pile up. These end at this moment.
            self.inner.join(|state, number| state.over.contains(&number));
        }
        Ok(Handle { inner: Arc::clone(&self.inner), promise })
    }
}

impl Drop for Executor {
    /// Drains, unless there was a shutdown that gave up or the executor's own job drops it.
    fn drop(&mut self) {
        if !self.inner.state.lock().unwrap().limit_was_over {
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
        assert!(!self.inner.is_here(), "`join` is called in a job");
        let kept = self.promise.kept.lock().unwrap();
        let mut kept = self.promise.now.wait_while(kept, |kept| kept.is_none()).unwrap();
        kept.take().expect("it has been kept")
    }
}
