//! breaks: clause 7 · finding: race
//! An item is accepted under one lock and put into the queue under another one. A `close` between them loses it.

use std::collections::VecDeque;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex};
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

/// An item that waits.
struct Entry<T, E> {
    item: T,
    pushed: Instant,
    outcome: Sender<Outcome<E>>,
}

struct State<T, E> {
    waiting: VecDeque<Entry<T, E>>,
    /// How many items were ever accepted, and how many of them have been handled.
    accepted: u64,
    handled: u64,
    /// The items before this one wait no longer for their age.
    hurried: u64,
    closed: bool,
    given_up: bool,
}

/// What the batcher and its thread share.
struct Shared<T, E> {
    options: Options,
    state: Mutex<State<T, E>>,
    /// Notified when there may be a batch to begin: the thread waits for it.
    ready: Condvar,
    /// Notified when items have been handled, and on `close`: callers wait for it.
    handled: Condvar,
}

impl<T, E: Clone> Shared<T, E> {
    /// What the thread does all its life.
    fn work(&self, mut handler: impl FnMut(Vec<T>) -> Result<(), E>) {
        while let Some(batch) = self.next() {
            let count = batch.len() as u64;
            let (items, receipts): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|entry| (entry.item, entry.outcome)).unzip();
            // The handler may be slow, and it may push: nothing is locked while it runs.
            let outcome = match catch_unwind(AssertUnwindSafe(|| handler(items))) {
                Ok(Ok(())) => Outcome::Stored,
                Ok(Err(error)) => Outcome::Failed(error),
                Err(_) => Outcome::Panicked,
            };
            for receipt in receipts {
                // Nobody listens if the receipt was dropped.
                let _ = receipt.send(outcome.clone());
            }
            self.state.lock().unwrap().handled += count;
            self.handled.notify_all();
        }
    }

    /// The next batch. Waits for it. `None` when there will be none.
    fn next(&self) -> Option<Vec<Entry<T, E>>> {
        let Options { size, age, .. } = self.options;
        let mut state = self.state.lock().unwrap();
        loop {
            if state.given_up {
                let waiting = mem::take(&mut state.waiting);
                // Destructors of items are not ours. And a sender that is dropped tells its receipt.
                drop(state);
                drop(waiting);
                return None;
            }
            let Some(first) = state.waiting.front() else {
                if state.closed {
                    return None;
                }
                state = self.ready.wait(state).unwrap();
                continue;
            };
            let left = age.saturating_sub(first.pushed.elapsed());
            let hurried = state.closed || state.handled < state.hurried;
            if state.waiting.len() >= size || hurried || left.is_zero() {
                let count = state.waiting.len().min(size);
                return Some(state.waiting.drain(..count).collect());
            }
            state = self.ready.wait_timeout(state, left).unwrap().0;
        }
    }
}

/// Collects items on one side, and has them handled in batches on the other.
pub struct Batcher<T, E> {
    shared: Arc<Shared<T, E>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    id: ThreadId,
}

/// The claim to the outcome of one item.
pub struct Receipt<E>(Receiver<Outcome<E>>);

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
            waiting: VecDeque::new(),
            accepted: 0,
            handled: 0,
            hurried: 0,
            closed: false,
            given_up: false,
        };
        let shared = Arc::new(Shared {
            options,
            state: Mutex::new(state),
            ready: Condvar::new(),
            handled: Condvar::new(),
        });
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
        let limit = self.shared.options.limit as u64;
        let mut state = self.shared.state.lock().unwrap();
        // The handler would wait for itself.
        if !self.is_mine() {
            let full = |state: &mut State<T, E>| !state.closed && state.accepted - state.handled >= limit;
            state = self.shared.handled.wait_while(state, full).unwrap();
        }
        if state.closed {
            return Err(item);
        }
        let (outcome, receipt) = mpsc::channel();
        state.accepted += 1;
        drop(state);
        let mut state = self.shared.state.lock().unwrap();
        state.waiting.push_back(Entry { item, pushed: Instant::now(), outcome });
        self.shared.ready.notify_one();
        Ok(Receipt(receipt))
    }

    /// Has the waiting items handled at once. Returns when every item that was accepted before has been handled.
    pub fn flush(&self) {
        let mut state = self.shared.state.lock().unwrap();
        let before = state.accepted;
        state.hurried = before;
        self.shared.ready.notify_one();
        if !self.is_mine() {
            drop(self.shared.handled.wait_while(state, |state| state.handled < before).unwrap());
        }
    }

    /// Accepts no more items. Returns when every accepted item has been handled and the thread has ended.
    pub fn close(&self) {
        self.shared.state.lock().unwrap().closed = true;
        self.end();
    }
}

impl<T, E> Batcher<T, E> {
    /// Whether the caller is the handler.
    fn is_mine(&self) -> bool {
        thread::current().id() == self.id
    }

    /// Wakes everybody, and waits for the end of the thread, unless that is the caller.
    fn end(&self) {
        self.shared.ready.notify_one();
        self.shared.handled.notify_all();
        if !self.is_mine() {
            // A second caller waits for this lock, and so for the same end.
            let mut thread = self.thread.lock().unwrap();
            if let Some(thread) = thread.take() {
                thread.join().expect("the thread catches panics");
            }
        }
    }
}

impl<T, E> Drop for Batcher<T, E> {
    /// Without a `close` before, gives up the items that still wait.
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap();
        state.given_up = !state.closed;
        state.closed = true;
        drop(state);
        self.end();
    }
}

impl<E> Receipt<E> {
    /// Waits until the item has been handled or given up, and returns what became of it.
    pub fn wait(self) -> Outcome<E> {
        self.0.recv().unwrap_or(Outcome::NeverTried)
    }
}
