//! breaks: exercise · finding: does-not-compile
//! A `RwLock` lets several threads look at the items at the same time, so it asks that items are `Sync`. A boxed job is
//! not.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, RwLock};
use std::time::Duration;

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
    state: Mutex<State>,
    items: RwLock<VecDeque<T>>,
    filled: Condvar,
    room: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State {
    closed: bool,
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "the queue needs a capacity of at least one");
        let state = Mutex::new(State { closed: false });
        let items = RwLock::new(VecDeque::new());
        Self { state, items, filled: Condvar::new(), room: Condvar::new(), capacity }
    }

    /// Puts an item in.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        while self.items.read().unwrap().len() == self.capacity && !state.closed {
            state = self.room.wait(state).unwrap();
        }
        if state.closed {
            return Err(Closed(item));
        }
        self.items.write().unwrap().push_back(item);
        self.filled.notify_one();
        Ok(())
    }

    /// Takes the oldest item out.
    pub fn pop(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        while self.items.read().unwrap().is_empty() && !state.closed {
            state = self.filled.wait(state).unwrap();
        }
        let item = self.items.write().unwrap().pop_front()?;
        self.room.notify_one();
        Some(item)
    }

    /// As `pop`, but waits no longer than `timeout`.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        let nothing_yet = |state: &mut State| self.items.read().unwrap().is_empty() && !state.closed;
        let state = self.state.lock().unwrap();
        let (state, _) = self.filled.wait_timeout_while(state, timeout, nothing_yet).unwrap();
        match self.items.write().unwrap().pop_front() {
            Some(item) => {
                self.room.notify_one();
                Ok(item)
            }
            None if state.closed => Err(PopError::Closed),
            None => Err(PopError::TimedOut),
        }
    }

    /// Closes the queue.
    pub fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.filled.notify_all();
        self.room.notify_all();
    }

    /// How many items wait in the queue.
    pub fn len(&self) -> usize {
        self.items.read().unwrap().len()
    }

    /// Whether no item waits in the queue.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
