//! breaks: clause 4 · finding: race
//! A drain cancels what has not begun if a stop has been requested before.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn request(&self) -> bool {
        let (requested, asked) = &*self.0;
        let before = std::mem::replace(&mut *requested.lock().unwrap(), true);
        asked.notify_all();
        !before
    }

    pub fn is_requested(&self) -> bool {
        *self.0.0.lock().unwrap()
    }

    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let (requested, asked) = &*self.0;
        let guard = requested.lock().unwrap();
        *asked.wait_timeout_while(guard, limit, |requested| !*requested).unwrap().0
    }
}

#[derive(Debug)]
pub enum Outcome<R, J> {
    Done(R),
    Panicked(Box<dyn Any + Send>),
    Cancelled(J),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Drain,
    Cancel,
}

struct Slot<R, J> {
    job: Mutex<Option<J>>,
    outcome: Mutex<Option<Outcome<R, J>>>,
    ended: Condvar,
}

impl<R, J> Slot<R, J> {
    fn settle(&self, outcome: Outcome<R, J>) {
        *self.outcome.lock().unwrap() = Some(outcome);
        self.ended.notify_all();
    }
}

trait Work: Send + Sync {
    /// Runs the job and keeps its outcome for `publish`.
    fn run(&self) -> Box<dyn FnOnce(&dyn Work) + Send>;
    fn cancel(&self);
    fn publish(&self);
}

struct Item<R, J> {
    slot: Arc<Slot<R, J>>,
    kept: Mutex<Option<Outcome<R, J>>>,
}

impl<R, J> Work for Item<R, J>
where
    R: Send,
    J: FnOnce() -> R + Send,
{
    fn run(&self) -> Box<dyn FnOnce(&dyn Work) + Send> {
        let job = self.slot.job.lock().unwrap().take().unwrap();
        let outcome = match catch_unwind(AssertUnwindSafe(job)) {
            Ok(result) => Outcome::Done(result),
            Err(payload) => Outcome::Panicked(payload),
        };
        *self.kept.lock().unwrap() = Some(outcome);
        Box::new(|work| work.publish())
    }

    fn cancel(&self) {
        let job = self.slot.job.lock().unwrap().take();
        if let Some(job) = job {
            self.slot.settle(Outcome::Cancelled(job));
        }
    }

    fn publish(&self) {
        let outcome = self.kept.lock().unwrap().take().unwrap();
        self.slot.settle(outcome);
    }
}

struct Entry {
    id: u64,
    name: String,
    work: Box<dyn Work>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Entry>,
    running: Vec<(u64, String)>,
    next: u64,
    closed: bool,
    gave_up: bool,
    threads: Vec<JoinHandle<()>>,
    live: usize,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    change: Condvar,
    stop: Stop,
}

thread_local! {
    static OWN: Cell<usize> = const { Cell::new(0) };
}

fn inside(shared: &Arc<Shared>) -> bool {
    OWN.with(Cell::get) == Arc::as_ptr(shared) as usize
}

fn worker(shared: &Arc<Shared>) {
    OWN.with(|own| own.set(Arc::as_ptr(shared) as usize));
    loop {
        let mut state = shared.state.lock().unwrap();
        let entry = loop {
            if let Some(entry) = state.queue.pop_front() {
                break entry;
            }
            if state.closed {
                return;
            }
            state = shared.work.wait(state).unwrap();
        };
        let Entry { id, name, work } = entry;
        state.running.push((id, name));
        drop(state);
        let _publish = work.run();
        let mut state = shared.state.lock().unwrap();
        state.running.retain(|(other, _)| *other != id);
        drop(state);
        shared.change.notify_all();
        let _ = catch_unwind(AssertUnwindSafe(move || {
            work.publish();
            drop(work);
        }));
    }
}

pub struct Executor {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Executor")
    }
}

pub struct Handle<R, J> {
    slot: Arc<Slot<R, J>>,
    shared: Arc<Shared>,
}

impl<R, J> std::fmt::Debug for Handle<R, J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle")
    }
}

fn cancel_all(shared: &Arc<Shared>) {
    let mut all = std::mem::take(&mut shared.state.lock().unwrap().queue);
    shared.change.notify_all();
    while let Some(entry) = all.pop_front() {
        let _ = catch_unwind(AssertUnwindSafe(move || {
            entry.work.cancel();
            drop(entry);
        }));
    }
}

impl Executor {
    pub fn new(workers: usize, stop: Stop) -> Self {
        assert!(workers > 0, "no workers");
        let shared =
            Arc::new(Shared { state: Mutex::default(), work: Condvar::new(), change: Condvar::new(), stop });
        shared.state.lock().unwrap().live = workers;
        let threads = (0..workers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    worker(&shared);
                    shared.state.lock().unwrap().live -= 1;
                    shared.change.notify_all();
                })
            })
            .collect();
        shared.state.lock().unwrap().threads = threads;
        Self { shared }
    }

    pub fn submit<R, F>(&self, name: &str, job: F) -> Result<Handle<R, F>, F>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        if self.shared.stop.is_requested() {
            return Err(job);
        }
        let mut state = self.shared.state.lock().unwrap();
        if state.closed {
            return Err(job);
        }
        let slot =
            Arc::new(Slot { job: Mutex::new(Some(job)), outcome: Mutex::new(None), ended: Condvar::new() });
        let id = state.next;
        state.next += 1;
        let work = Box::new(Item { slot: Arc::clone(&slot), kept: Mutex::new(None) });
        state.queue.push_back(Entry { id, name: name.to_string(), work });
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
        assert!(!inside(&self.shared), "map in a job of its own executor");
        let f = Arc::new(f);
        let mut places = Vec::new();
        for (place, item) in items.into_iter().enumerate() {
            let cell = Arc::new(Mutex::new(Some(item)));
            let mine = Arc::clone(&cell);
            let f = Arc::clone(&f);
            let handle = self.submit(&format!("{name} {place}"), move || {
                let item = mine.lock().unwrap().take().unwrap();
                f(item)
            });
            places.push((cell, handle));
        }
        places
            .into_iter()
            .map(|(cell, handle)| {
                let outcome = handle.map(Handle::join);
                match outcome {
                    Ok(Outcome::Done(result)) => Outcome::Done(result),
                    Ok(Outcome::Panicked(payload)) => Outcome::Panicked(payload),
                    Ok(Outcome::Cancelled(_)) | Err(_) => {
                        Outcome::Cancelled(cell.lock().unwrap().take().unwrap())
                    }
                }
            })
            .collect()
    }

    pub fn shutdown(&self, how: How, limit: Duration) -> Vec<String> {
        let deadline = Instant::now().checked_add(limit);
        let shared = &self.shared;
        shared.state.lock().unwrap().closed = true;
        shared.work.notify_all();
        if how == How::Cancel || shared.stop.is_requested() {
            cancel_all(shared);
        }
        if inside(shared) {
            return shared.state.lock().unwrap().running.iter().map(|(_, name)| name.clone()).collect();
        }
        let mut state = shared.state.lock().unwrap();
        loop {
            if state.running.is_empty() && state.queue.is_empty() {
                return Vec::new();
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match left {
                None => state = shared.change.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    state.gave_up = true;
                    let names = state.running.iter().map(|(_, name)| name.clone()).collect();
                    drop(state);
                    cancel_all(shared);
                    return names;
                }
                Some(left) => state = shared.change.wait_timeout(state, left).unwrap().0,
            }
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap();
        state.closed = true;
        let threads = std::mem::take(&mut state.threads);
        let gave_up = state.gave_up;
        drop(state);
        self.shared.work.notify_all();
        if gave_up || inside(&self.shared) {
            return;
        }
        for thread in threads {
            let _ = thread.join();
        }
    }
}

impl<R, J> Handle<R, J> {
    pub fn join(self) -> Outcome<R, J> {
        assert!(!inside(&self.shared), "join in a job of the same executor");
        let mut outcome = self.slot.outcome.lock().unwrap();
        loop {
            if let Some(outcome) = outcome.take() {
                return outcome;
            }
            outcome = self.slot.ended.wait(outcome).unwrap();
        }
    }
}
