//! breaks: clause 6 · finding: wrong-answer
//! Jobs are cancelled one after the other out of the queue, and a worker that becomes free meanwhile begins the next one.
use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
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
    /// The executor whose worker this thread is.
    static MINE: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
}

trait Task: Send + Sync {
    /// Calls the job, and calls `ended` when it has returned or panicked, before anybody learns the outcome.
    fn run(&self, ended: &dyn Fn());
    fn cancel(&self);
}

enum Paper<R, J> {
    Waiting(J),
    Running,
    Ended(Outcome<R, J>),
}

struct Slot<R, J> {
    paper: Mutex<Paper<R, J>>,
    ended: Condvar,
}

impl<R, J> Slot<R, J> {
    fn end(&self, outcome: Outcome<R, J>) {
        *self.paper.lock().unwrap() = Paper::Ended(outcome);
        self.ended.notify_all();
    }

    fn job(&self) -> Option<J> {
        match mem::replace(&mut *self.paper.lock().unwrap(), Paper::Running) {
            Paper::Waiting(job) => Some(job),
            _ => None,
        }
    }
}

impl<R: Send, J: FnOnce() -> R + Send> Task for Slot<R, J> {
    fn run(&self, ended: &dyn Fn()) {
        let Some(job) = self.job() else { return };
        let outcome = match catch_unwind(AssertUnwindSafe(job)) {
            Ok(result) => Outcome::Done(result),
            Err(payload) => Outcome::Panicked(payload),
        };
        ended();
        self.end(outcome);
    }

    fn cancel(&self) {
        if let Some(job) = self.job() {
            self.end(Outcome::Cancelled(job));
        }
    }
}

struct Queued {
    name: String,
    task: Arc<dyn Task>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Queued>,
    running: Vec<(u64, String)>,
    begun: u64,
    /// How many shutdowns are cancelling jobs that are in no queue any more.
    cancelling: usize,
    closed: bool,
    gave_up: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    work: Condvar,
    ended: Condvar,
}

impl Shared {
    fn is_mine(self: &Arc<Self>) -> bool {
        MINE.try_with(|mine| mine.borrow().as_ref().is_some_and(|mine| Arc::ptr_eq(mine, self)))
            .unwrap_or(false)
    }

    fn serve(self: &Arc<Self>) {
        loop {
            let mut state = self.state.lock().unwrap();
            while state.queue.is_empty() && !state.closed {
                state = self.work.wait(state).unwrap();
            }
            let Some(Queued { name, task }) = state.queue.pop_front() else { return };
            let id = state.begun;
            state.begun += 1;
            state.running.push((id, name));
            drop(state);
            task.run(&|| {
                self.state.lock().unwrap().running.retain(|running| running.0 != id);
                self.ended.notify_all();
            });
            throw_away(task);
        }
    }

    fn cancel(&self, jobs: VecDeque<Queued>) {
        for job in jobs {
            job.task.cancel();
            throw_away(job.task);
        }
        self.state.lock().unwrap().cancelling -= 1;
        self.ended.notify_all();
    }

    fn shutdown(self: &Arc<Self>, how: How, limit: Duration) -> Vec<String> {
        let deadline = Instant::now().checked_add(limit);
        let mut state = self.state.lock().unwrap();
        state.closed = true;
        self.work.notify_all();
        if how == How::Cancel {
            while let Some(job) = state.queue.pop_front() {
                state.cancelling += 1;
                drop(state);
                self.cancel(VecDeque::from([job]));
                state = self.state.lock().unwrap();
            }
        }
        let names = |state: &State| state.running.iter().map(|running| running.1.clone()).collect::<Vec<_>>();
        if self.is_mine() {
            return names(&state);
        }
        while !(state.queue.is_empty() && state.running.is_empty() && state.cancelling == 0) {
            let Some(deadline) = deadline else {
                state = self.ended.wait(state).unwrap();
                continue;
            };
            let rest = deadline.saturating_duration_since(Instant::now());
            if !rest.is_zero() {
                state = self.ended.wait_timeout(state, rest).unwrap().0;
                continue;
            }
            let jobs = mem::take(&mut state.queue);
            let running = names(&state);
            state.gave_up = true;
            state.cancelling += 1;
            drop(state);
            self.cancel(jobs);
            return running;
        }
        Vec::new()
    }
}

/// Drops the last claim to a job, its values or its result, which may panic.
fn throw_away(task: Arc<dyn Task>) {
    let mut thrown = catch_unwind(AssertUnwindSafe(|| drop(task)));
    while let Err(payload) = thrown {
        thrown = catch_unwind(AssertUnwindSafe(|| drop(payload)));
    }
}

pub struct Executor {
    shared: Arc<Shared>,
    stop: Stop,
}

pub struct Handle<R, J> {
    slot: Arc<Slot<R, J>>,
    shared: Arc<Shared>,
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").finish_non_exhaustive()
    }
}

impl<R, J> fmt::Debug for Handle<R, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl Executor {
    pub fn new(workers: usize, stop: Stop) -> Self {
        assert!(workers > 0, "an executor needs at least one worker");
        let shared = Arc::<Shared>::default();
        for _ in 0..workers {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                MINE.with(|mine| *mine.borrow_mut() = Some(Arc::clone(&shared)));
                shared.serve();
            });
        }
        Self { shared, stop }
    }

    pub fn submit<R, F>(&self, name: &str, job: F) -> Result<Handle<R, F>, F>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        let mut state = self.shared.state.lock().unwrap();
        if state.closed || self.stop.is_requested() {
            return Err(job);
        }
        let slot = Arc::new(Slot { paper: Mutex::new(Paper::Waiting(job)), ended: Condvar::new() });
        state.queue.push_back(Queued { name: name.to_owned(), task: Arc::clone(&slot) as Arc<dyn Task> });
        drop(state);
        self.shared.work.notify_one();
        Ok(Handle { slot, shared: Arc::clone(&self.shared) })
    }

    pub fn map<T, R, F>(&self, name: &str, items: Vec<T>, f: F) -> Vec<Outcome<R, T>>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: Fn(T) -> R + Send + Sync + 'static,
    {
        assert!(!self.shared.is_mine(), "a job cannot wait for jobs of its own executor");
        let f = Arc::new(f);
        let submit = |(place, item)| {
            // The item lies in a box of its own, so that it comes back without the closure around it.
            let item = Arc::new(Mutex::new(Some(item)));
            let (theirs, f) = (Arc::clone(&item), Arc::clone(&f));
            let job = move || {
                let item = theirs.lock().unwrap().take().expect("a job is called once");
                f(item)
            };
            (self.submit(&format!("{name} {place}"), job).ok(), item)
        };
        let submitted: Vec<_> = items.into_iter().enumerate().map(submit).collect();
        let join =
            |(handle, item): (Option<Handle<R, _>>, Arc<Mutex<Option<T>>>)| match handle.map(Handle::join) {
                Some(Outcome::Done(result)) => Outcome::Done(result),
                Some(Outcome::Panicked(payload)) => Outcome::Panicked(payload),
                Some(Outcome::Cancelled(_)) | None => {
                    Outcome::Cancelled(item.lock().unwrap().take().expect("the job was not called"))
                }
            };
        submitted.into_iter().map(join).collect()
    }

    pub fn shutdown(&self, how: How, limit: Duration) -> Vec<String> {
        self.shared.shutdown(how, limit)
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap();
        state.closed = true;
        self.shared.work.notify_all();
        if state.gave_up || self.shared.is_mine() {
            return;
        }
        while !(state.queue.is_empty() && state.running.is_empty() && state.cancelling == 0) {
            state = self.shared.ended.wait(state).unwrap();
        }
    }
}

impl<R, J> Handle<R, J> {
    pub fn join(self) -> Outcome<R, J> {
        assert!(!self.shared.is_mine(), "a job cannot wait for a job of its own executor");
        let mut paper = self.slot.paper.lock().unwrap();
        loop {
            match mem::replace(&mut *paper, Paper::Running) {
                Paper::Ended(outcome) => return outcome,
                before => *paper = before,
            }
            paper = self.slot.ended.wait(paper).unwrap();
        }
    }
}
