//! breaks: clause 2 · finding: too-early
//! The age counts from the call of `push`, also when that has waited for room.

use std::collections::VecDeque;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

/// When a batch is begun, and how many items may wait. This one is given.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The most items in a batch.
    pub size: usize,
    /// How long an item may wait for a batch to be full.
    pub age: Duration,
    /// The most unhandled items. `push` waits beyond that.
    pub limit: usize,
}

/// What became of an item. This one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<E> {
    /// The handler returned `Ok` for its batch.
    Stored,
    /// The handler returned this error for its batch.
    Failed(E),
    /// The handler panicked with its batch.
    Panicked,
    /// The batcher was dropped before the handler was called with it.
    NeverTried,
}

/// Where the outcome of one item is put.
#[derive(Debug)]
struct Slot<E> {
    outcome: Mutex<Option<Outcome<E>>>,
    known: Condvar,
}

impl<E> Slot<E> {
    fn set(&self, outcome: Outcome<E>) {
        *self.outcome.lock().unwrap() = Some(outcome);
        self.known.notify_all();
    }
}

#[derive(Debug)]
struct Entry<T, E> {
    item: T,
    since: Instant,
    slot: Arc<Slot<E>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Closed,
    GivenUp,
}

#[derive(Debug)]
struct State<T, E> {
    waiting: VecDeque<Entry<T, E>>,
    /// How many items were ever accepted, given to the handler, and handled.
    accepted: usize,
    begun: usize,
    handled: usize,
    /// Items up to this number do not wait for their age.
    flushed: usize,
    phase: Phase,
}

#[derive(Debug)]
struct Shared<T, E> {
    options: Options,
    state: Mutex<State<T, E>>,
    /// For the worker.
    work: Condvar,
    /// For `push` and `flush`.
    progress: Condvar,
}

/// Collects items on one side, and has them handled in batches on the other.
#[derive(Debug)]
pub struct Batcher<T, E> {
    shared: Arc<Shared<T, E>>,
    worker: ThreadId,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The claim to the outcome of one item.
#[derive(Debug)]
pub struct Receipt<E> {
    slot: Arc<Slot<E>>,
}

impl<T: Send + 'static, E: Clone + Send + 'static> Batcher<T, E> {
    /// A batcher that calls `handler` for every batch, on a thread of its own.
    ///
    /// # Panics
    /// If the size is 0, or if the limit is less than the size.
    pub fn new<H>(options: Options, handler: H) -> Self
    where
        H: FnMut(Vec<T>) -> Result<(), E> + Send + 'static,
    {
        assert!(options.size > 0, "a batch has at least one item");
        assert!(options.limit >= options.size, "there has to be room for a full batch");
        let state = State {
            waiting: VecDeque::new(),
            accepted: 0,
            begun: 0,
            handled: 0,
            flushed: 0,
            phase: Phase::Open,
        };
        let shared = Arc::new(Shared {
            options,
            state: Mutex::new(state),
            work: Condvar::new(),
            progress: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || theirs.work(handler));
        Self { shared, worker: thread.thread().id(), thread: Mutex::new(Some(thread)) }
    }

    /// Accepts an item, and returns the receipt for it. Waits while `limit` items are unhandled.
    ///
    /// # Errors
    /// Returns the item if the batcher is closed.
    pub fn push(&self, item: T) -> Result<Receipt<E>, T> {
        let since = Instant::now();
        let slot = Arc::new(Slot { outcome: Mutex::new(None), known: Condvar::new() });
        let limit = self.shared.options.limit;
        let mut state = self.shared.state.lock().unwrap();
        if !self.in_handler() {
            while state.phase == Phase::Open && state.accepted - state.handled >= limit {
                state = self.shared.progress.wait(state).unwrap();
            }
        }
        if state.phase != Phase::Open {
            return Err(item);
        }
        state.accepted += 1;
        state.waiting.push_back(Entry { item, since, slot: Arc::clone(&slot) });
        self.shared.work.notify_one();
        Ok(Receipt { slot })
    }

    /// Has the waiting items handled at once. Returns when every item that was accepted before has been handled.
    pub fn flush(&self) {
        let mut state = self.shared.state.lock().unwrap();
        let target = state.accepted;
        state.flushed = target;
        self.shared.work.notify_one();
        if self.in_handler() {
            return;
        }
        while state.handled < target {
            state = self.shared.progress.wait(state).unwrap();
        }
    }

    /// Accepts no more items. Returns when every accepted item has been handled and the thread has ended.
    pub fn close(&self) {
        self.end(Phase::Closed);
    }
}

impl<T, E> Batcher<T, E> {
    fn in_handler(&self) -> bool {
        thread::current().id() == self.worker
    }

    fn end(&self, phase: Phase) {
        let mut state = self.shared.state.lock().unwrap();
        if state.phase == Phase::Open {
            state.phase = phase;
        }
        self.shared.work.notify_one();
        self.shared.progress.notify_all();
        drop(state);
        if self.in_handler() {
            return;
        }
        // Whoever comes second waits for this lock, and so for the same end.
        let mut thread = self.thread.lock().unwrap();
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }
}

impl<T, E> Drop for Batcher<T, E> {
    /// Without a `close` before, gives up the items that still wait.
    fn drop(&mut self) {
        self.end(Phase::GivenUp);
    }
}

impl<T, E: Clone> Shared<T, E> {
    /// What the thread does.
    fn work(&self, mut handler: impl FnMut(Vec<T>) -> Result<(), E>) {
        while let Some(batch) = self.next() {
            let count = batch.len();
            let (items, slots): (Vec<T>, Vec<_>) =
                batch.into_iter().map(|entry| (entry.item, entry.slot)).unzip();
            let outcome = match catch_unwind(AssertUnwindSafe(|| handler(items))) {
                Ok(Ok(())) => Outcome::Stored,
                Ok(Err(error)) => Outcome::Failed(error),
                Err(_) => Outcome::Panicked,
            };
            for slot in slots {
                slot.set(outcome.clone());
            }
            self.state.lock().unwrap().handled += count;
            self.progress.notify_all();
        }
        let rest = mem::take(&mut self.state.lock().unwrap().waiting);
        for Entry { item, slot, .. } in rest {
            let _ = catch_unwind(AssertUnwindSafe(|| drop(item)));
            slot.set(Outcome::NeverTried);
        }
    }

    /// Waits for the next batch. `None` is the end.
    fn next(&self) -> Option<Vec<Entry<T, E>>> {
        let Options { size, age, .. } = self.options;
        let mut state = self.state.lock().unwrap();
        loop {
            if state.phase == Phase::GivenUp {
                return None;
            }
            let Some(first) = state.waiting.front() else {
                if state.phase == Phase::Closed {
                    return None;
                }
                state = self.work.wait(state).unwrap();
                continue;
            };
            let old = first.since.elapsed();
            let hurry = state.phase == Phase::Closed || state.begun < state.flushed;
            if hurry || state.waiting.len() >= size || old >= age {
                let count = size.min(state.waiting.len());
                state.begun += count;
                return Some(state.waiting.drain(..count).collect());
            }
            state = self.work.wait_timeout(state, age - old).unwrap().0;
        }
    }
}

impl<E> Receipt<E> {
    /// Waits until the item has been handled or given up, and returns what became of it.
    pub fn wait(self) -> Outcome<E> {
        let mut outcome = self.slot.outcome.lock().unwrap();
        loop {
            match outcome.take() {
                Some(outcome) => return outcome,
                None => outcome = self.slot.known.wait(outcome).unwrap(),
            }
        }
    }
}
