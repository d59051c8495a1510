//! breaks: clause 6 · finding: too-late
//! Each time it is woken and finds nothing, `pop_timeout` waits for the whole timeout again.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
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
    state: Mutex<State<T>>,
    filled: Condvar,
    room: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "the queue needs a capacity of at least one");
        let state = Mutex::new(State { items: VecDeque::new(), closed: false });
        Self { state, filled: Condvar::new(), room: Condvar::new(), capacity }
    }

    /// Puts an item in.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        while state.items.len() == self.capacity && !state.closed {
            state = self.room.wait(state).unwrap();
        }
        if state.closed {
            return Err(Closed(item));
        }
        state.items.push_back(item);
        self.filled.notify_one();
        Ok(())
    }

    /// Takes the oldest item out.
    pub fn pop(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        while state.items.is_empty() && !state.closed {
            state = self.filled.wait(state).unwrap();
        }
        let item = state.items.pop_front()?;
        self.room.notify_one();
        Some(item)
    }

    /// As `pop`, but waits no longer than `timeout`.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        let mut state = self.state.lock().unwrap();
        while state.items.is_empty() && !state.closed {
            let (woken, wait) = self.filled.wait_timeout(state, timeout).unwrap();
            state = woken;
            if wait.timed_out() {
                break;
            }
        }
        match state.items.pop_front() {
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
        self.state.lock().unwrap().items.len()
    }

    /// Whether no item waits in the queue.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
