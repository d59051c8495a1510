//! accepted: a ring of slots under a lock; who has to wait leaves its thread in a list and parks until it is unparked

use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// What `push` gives back when the queue is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// Why `pop_timeout` has no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopError {
    /// The time was up before an item came.
    TimedOut,
    /// The queue is closed, and no item is left in it.
    Closed,
}

/// A queue that holds `capacity` items and no more.
#[derive(Debug)]
pub struct BoundedQueue<T> {
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    slots: Box<[Option<T>]>,
    first: usize,
    len: usize,
    closed: bool,
    producers: Vec<Thread>,
    consumers: Vec<Thread>,
}

impl<T> State<T> {
    fn put(&mut self, item: T) {
        let place = (self.first + self.len) % self.slots.len();
        self.slots[place] = Some(item);
        self.len += 1;
        // All of them: each asks again, and puts itself on the list again if it has to.
        self.consumers.drain(..).for_each(|thread| thread.unpark());
    }

    fn take(&mut self) -> Option<T> {
        let item = self.slots[self.first].take()?;
        self.first = (self.first + 1) % self.slots.len();
        self.len -= 1;
        self.producers.drain(..).for_each(|thread| thread.unpark());
        Some(item)
    }
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "the queue needs a capacity of at least one");
        let slots = (0..capacity).map(|_| None).collect();
        let (producers, consumers) = (Vec::new(), Vec::new());
        Self { state: Mutex::new(State { slots, first: 0, len: 0, closed: false, producers, consumers }) }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap()
    }

    /// Puts an item in.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        loop {
            let mut state = self.lock();
            if state.closed {
                return Err(Closed(item));
            }
            if state.len < state.slots.len() {
                state.put(item);
                return Ok(());
            }
            state.producers.push(thread::current());
            drop(state);
            thread::park();
        }
    }

    /// Takes the oldest item out.
    pub fn pop(&self) -> Option<T> {
        self.take_until(None).ok()
    }

    /// As `pop`, but waits no longer than `timeout`.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        // A time that no clock can tell never comes.
        self.take_until(Instant::now().checked_add(timeout))
    }

    fn take_until(&self, deadline: Option<Instant>) -> Result<T, PopError> {
        loop {
            let mut state = self.lock();
            if let Some(item) = state.take() {
                return Ok(item);
            }
            if state.closed {
                return Err(PopError::Closed);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                let me = thread::current().id();
                state.consumers.retain(|thread| thread.id() != me);
                return Err(PopError::TimedOut);
            }
            state.consumers.push(thread::current());
            drop(state);
            left.map_or_else(thread::park, thread::park_timeout);
        }
    }

    /// Closes the queue.
    pub fn close(&self) {
        let state = &mut *self.lock();
        state.closed = true;
        state.producers.drain(..).chain(state.consumers.drain(..)).for_each(|thread| thread.unpark());
    }

    /// How many items wait in the queue.
    pub fn len(&self) -> usize {
        self.lock().len
    }

    /// Whether no item waits in the queue.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
