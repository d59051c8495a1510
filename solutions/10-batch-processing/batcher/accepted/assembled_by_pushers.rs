//! accepted: pushers put their items into batches, and a batch has one outcome for all its receipts
//! for when there are many items and a channel for each of them costs too much.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

/// When a batch is begun, and how many items may wait.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The most items in a batch.
    pub size: usize,
    /// How long an item may wait for a batch to be full.
    pub age: Duration,
    /// The most unhandled items. `push` waits beyond that.
    pub limit: usize,
}

/// What became of an item.
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

/// The outcome that a batch will have.
struct Slip<E> {
    outcome: Mutex<Option<Outcome<E>>>,
    known: Condvar,
}

impl<E> Slip<E> {
    fn tell(&self, outcome: Outcome<E>) {
        *self.outcome.lock().unwrap() = Some(outcome);
        self.known.notify_all();
    }
}

struct Batch<T, E> {
    items: Vec<T>,
    begun: Instant,
    slip: Arc<Slip<E>>,
}

struct State<T, E> {
    /// All but the last are full.
    batches: VecDeque<Batch<T, E>>,
    unhandled: usize,
    /// How many of `batches` wait no longer for their age.
    hurried: usize,
    /// How many batches have been taken, and how many of them are over.
    taken: usize,
    over: usize,
    closed: bool,
    given_up: bool,
}

struct Shared<T, E> {
    options: Options,
    state: Mutex<State<T, E>>,
    changed: Condvar,
}

impl<T, E: Clone> Shared<T, E> {
    fn work(&self, mut handler: impl FnMut(Vec<T>) -> Result<(), E>) {
        while let Some(Batch { items, slip, .. }) = self.next() {
            let count = items.len();
            let outcome = match catch_unwind(AssertUnwindSafe(|| handler(items))) {
                Ok(Ok(())) => Outcome::Stored,
                Ok(Err(error)) => Outcome::Failed(error),
                Err(_) => Outcome::Panicked,
            };
            let mut state = self.lock();
            state.unhandled -= count;
            state.over += 1;
            drop(state);
            slip.tell(outcome);
            self.changed.notify_all();
        }
    }

    fn next(&self) -> Option<Batch<T, E>> {
        let mut state = self.lock();
        loop {
            if state.given_up {
                let batches: Vec<_> = state.batches.drain(..).collect();
                drop(state);
                batches.iter().for_each(|batch| batch.slip.tell(Outcome::NeverTried));
                return None;
            }
            let due = state.hurried > 0 || state.closed;
            let left = match state.batches.front() {
                None if state.closed => return None,
                None => None,
                Some(first) if due || first.items.len() == self.options.size => Some(Duration::ZERO),
                Some(first) => Some(self.options.age.saturating_sub(first.begun.elapsed())),
            };
            state = match left {
                Some(left) if left.is_zero() => {
                    state.hurried = state.hurried.saturating_sub(1);
                    state.taken += 1;
                    return state.batches.pop_front();
                }
                Some(left) => self.changed.wait_timeout(state, left).unwrap().0,
                None => self.changed.wait(state).unwrap(),
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap()
    }
}

/// Collects items on one side, and has them handled in batches on the other.
pub struct Batcher<T, E> {
    shared: Arc<Shared<T, E>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    id: ThreadId,
}

/// The claim to the outcome of one item.
pub struct Receipt<E>(Arc<Slip<E>>);

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
        assert!(options.limit >= options.size, "a batch could never be full");
        let state = State {
            batches: VecDeque::new(),
            unhandled: 0,
            hurried: 0,
            taken: 0,
            over: 0,
            closed: false,
            given_up: false,
        };
        let shared = Arc::new(Shared { options, state: Mutex::new(state), changed: Condvar::new() });
        let worker = Arc::clone(&shared);
        let thread = thread::spawn(move || worker.work(handler));
        let id = thread.thread().id();
        Self { shared, thread: Mutex::new(Some(thread)), id }
    }

    /// Accepts an item, and returns the receipt for it. Waits while `limit` items are unhandled.
    ///
    /// # Errors
    /// Returns the item if the batcher is closed.
    pub fn push(&self, item: T) -> Result<Receipt<E>, T> {
        let Options { size, limit, .. } = self.shared.options;
        let mut state = self.shared.lock();
        while !self.is_mine() && !state.closed && state.unhandled >= limit {
            state = self.shared.changed.wait(state).unwrap();
        }
        if state.closed {
            return Err(item);
        }
        if state.batches.back().is_none_or(|last| last.items.len() == size) {
            let slip = Arc::new(Slip { outcome: Mutex::new(None), known: Condvar::new() });
            state.batches.push_back(Batch { items: Vec::new(), begun: Instant::now(), slip });
        }
        let last = state.batches.back_mut().expect("there is one now");
        last.items.push(item);
        let receipt = Receipt(Arc::clone(&last.slip));
        state.unhandled += 1;
        self.shared.changed.notify_all();
        Ok(receipt)
    }

    /// Has the waiting items handled at once. Returns when every item that was accepted before has been handled.
    pub fn flush(&self) {
        let mut state = self.shared.lock();
        state.hurried = state.batches.len();
        let last = state.taken + state.batches.len();
        self.shared.changed.notify_all();
        if !self.is_mine() {
            drop(self.shared.changed.wait_while(state, |state| state.over < last).unwrap());
        }
    }

    /// Accepts no more items. Returns when every accepted item has been handled and the thread has ended.
    pub fn close(&self) {
        self.shared.lock().closed = true;
        self.end();
    }
}

impl<T, E> Batcher<T, E> {
    fn is_mine(&self) -> bool {
        thread::current().id() == self.id
    }

    fn end(&self) {
        self.shared.changed.notify_all();
        if !self.is_mine() {
            let mut thread = self.thread.lock().unwrap();
            if let Some(thread) = thread.take() {
                thread.join().expect("the thread catches panics");
            }
        }
    }
}

impl<T, E> Drop for Batcher<T, E> {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap();
        state.given_up = !state.closed;
        state.closed = true;
        drop(state);
        self.end();
    }
}

impl<E: Clone> Receipt<E> {
    /// Waits until the item has been handled or given up, and returns what became of it.
    pub fn wait(self) -> Outcome<E> {
        let outcome = self.0.outcome.lock().unwrap();
        let outcome = self.0.known.wait_while(outcome, |outcome| outcome.is_none()).unwrap();
        // Other receipts look at the same slip.
        outcome.clone().expect("it is known now")
    }
}
