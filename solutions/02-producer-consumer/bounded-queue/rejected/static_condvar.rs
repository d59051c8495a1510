//! breaks: clause 4 · finding: deadlock
//! A Condvar holds no data, so one of each kind is enough for all queues, in a `static`. But `notify_one` wakes one of those
//! that wait there, and that one may wait at another queue: it finds nothing, and the one that it was meant for sleeps on.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// What `push` gives back when the queue is closed: the item that did not go in.
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

/// Notified when an item went in. Consumers wait here.
static FILLED: Condvar = Condvar::new();
/// Notified when an item was taken out. Producers wait here.
static ROOM: Condvar = Condvar::new();

/// A queue that holds `capacity` items and no more. Threads share it by reference.
#[derive(Debug)]
pub struct BoundedQueue<T> {
    state: Mutex<State<T>>,
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
        Self { state: Mutex::new(State { items: VecDeque::new(), closed: false }), capacity }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code of the caller's runs under the lock, so nothing can panic there and poison it.
        self.state.lock().expect("the lock is never poisoned")
    }

    /// Puts an item in. Waits while the queue is full.
    ///
    /// # Errors
    /// Gives the item back if the queue is closed, or is closed while this waits.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        let full = |state: &mut State<T>| state.items.len() == self.capacity && !state.closed;
        // `wait_while` asks before it sleeps and each time it is woken: a wake-up may have no reason, and another
        // producer may have been faster.
        let mut state = ROOM.wait_while(self.lock(), full).expect("the lock is never poisoned");
        if state.closed {
            return Err(Closed(item));
        }
        state.items.push_back(item);
        // One item, one consumer. All that wait there can use it, so it does not matter which.
        FILLED.notify_one();
        Ok(())
    }

    /// Takes the oldest item out. Waits while the queue is empty and open. `None` if it is empty and closed.
    pub fn pop(&self) -> Option<T> {
        let state = FILLED.wait_while(self.lock(), State::nothing_yet);
        self.take(state.expect("the lock is never poisoned"))
    }

    /// As `pop`, but waits no longer than `timeout`.
    ///
    /// # Errors
    /// Says whether the time was up or the queue is closed and empty.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        // Counts the whole wait, however often it is woken in between, and takes any `Duration`.
        let waited = FILLED.wait_timeout_while(self.lock(), timeout, State::nothing_yet);
        let (state, _) = waited.expect("the lock is never poisoned");
        // Not the clock but the queue has the last word: an item may have come at the last moment.
        let closed = state.closed;
        self.take(state).ok_or(if closed { PopError::Closed } else { PopError::TimedOut })
    }

    /// Takes the oldest item out, if there is one, and lets a producer in.
    fn take(&self, mut state: MutexGuard<'_, State<T>>) -> Option<T> {
        let item = state.items.pop_front()?;
        ROOM.notify_one();
        Some(item)
    }

    /// Closes the queue: nothing goes in any more, and what is in it can still be taken out.
    pub fn close(&self) {
        self.lock().closed = true;
        // Everybody can go on, on both sides.
        FILLED.notify_all();
        ROOM.notify_all();
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
