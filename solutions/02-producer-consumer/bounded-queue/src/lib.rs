//! A bounded queue, solved with one lock and two condition variables.
//!
//! All that anybody may ask of the queue lies under one `Mutex`: the items, and whether it is closed. So a question
//! and the act that follows from its answer are one step. There are two reasons to wait, no room and no item, and
//! each has a Condvar of its own. That is what makes it safe to wake a single thread: whoever sleeps there
//! waits for what has happened.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// What `push` returns when the queue is closed: the item that did not go in.
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

/// A queue that holds at most `capacity` items. Threads share it by reference.
#[derive(Debug)]
pub struct BoundedQueue<T> {
    state: Mutex<State<T>>,
    /// Notified when an item went in. Consumers wait here.
    filled: Condvar,
    /// Notified when an item was taken out. Producers wait here.
    room: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    /// Under the same lock as the items: a thread that has seen `false` is asleep before it can become `true`.
    closed: bool,
}

impl<T> State<T> {
    /// What consumers wait for the end of. Empty and closed is not waited for: that is the end.
    fn nothing_yet(&mut self) -> bool {
        self.items.is_empty() && !self.closed
    }
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    ///
    /// # Panics
    /// If `capacity` is 0.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "the queue needs a capacity of at least one");
        Self {
            state: Mutex::new(State { items: VecDeque::new(), closed: false }),
            filled: Condvar::new(),
            room: Condvar::new(),
            capacity,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code of the caller's runs under the lock, so nothing can panic there and poison it.
        self.state.lock().expect("the lock is never poisoned")
    }

    /// Puts an item in. Waits while the queue is full.
    ///
    /// # Errors
    /// Returns the item if the queue is closed, or is closed during the wait.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        let full = |state: &mut State<T>| state.items.len() == self.capacity && !state.closed;
        // `wait_while` asks before it sleeps and each time it is woken: a wake-up may have no reason, and another
        // producer may have been faster.
        let mut state = self.room.wait_while(self.lock(), full).expect("the lock is never poisoned");
        if state.closed {
            return Err(Closed(item));
        }
        state.items.push_back(item);
        // One item, one consumer. All that wait there can use it, so it does not matter which.
        self.filled.notify_one();
        Ok(())
    }

    /// Takes the oldest item out. Waits while the queue is empty and open. `None` if it is empty and closed.
    pub fn pop(&self) -> Option<T> {
        let state = self.filled.wait_while(self.lock(), State::nothing_yet);
        self.take(state.expect("the lock is never poisoned"))
    }

    /// Like `pop`, but waits no longer than `timeout`.
    ///
    /// # Errors
    /// Tells whether the time was up, or the queue is closed and empty.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        // Counts the whole wait, however often it is woken in between, and takes any `Duration`.
        let waited = self.filled.wait_timeout_while(self.lock(), timeout, State::nothing_yet);
        let (state, _) = waited.expect("the lock is never poisoned");
        // Not the clock but the queue has the last word: an item may have come at the last moment.
        let closed = state.closed;
        self.take(state).ok_or(if closed { PopError::Closed } else { PopError::TimedOut })
    }

    /// Takes the oldest item out, if there is one, and lets a producer in.
    fn take(&self, mut state: MutexGuard<'_, State<T>>) -> Option<T> {
        let item = state.items.pop_front()?;
        self.room.notify_one();
        Some(item)
    }

    /// Closes the queue: no item goes in any more, and the items in it can still be taken out.
    pub fn close(&self) {
        self.lock().closed = true;
        // Everybody can go on, on both sides.
        self.filled.notify_all();
        self.room.notify_all();
    }

    /// How many items wait in the queue.
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether no item waits in the queue.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
