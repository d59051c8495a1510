//! A bounded queue between any number of producers and consumers.

use std::marker::PhantomData;
use std::sync::Mutex;
use std::time::Duration;

/// What `push` returns when the queue is closed: the item that did not go in. This type is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// Why `pop_timeout` has no item. This type is given.
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
    // Replace this with fields of your own. It tells the compiler that threads may share a queue of any `T: Send`.
    fields: PhantomData<Mutex<T>>,
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    ///
    /// # Panics
    /// If `capacity` is 0.
    pub fn new(capacity: usize) -> Self {
        let _ = (capacity, BoundedQueue::<T> { fields: PhantomData });
        todo!("an open, empty queue")
    }

    /// Puts an item in. Waits while the queue is full.
    ///
    /// # Errors
    /// Returns the item if the queue is closed, or is closed during the wait.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        let _ = (self.fields, item);
        todo!("wait for room, put the item in")
    }

    /// Takes the oldest item out. Waits while the queue is empty and open. `None` if it is empty and closed.
    pub fn pop(&self) -> Option<T> {
        todo!("wait for an item, take it out")
    }

    /// Like `pop`, but waits no longer than `timeout`.
    ///
    /// # Errors
    /// Tells whether the time was up, or the queue is closed and empty.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        let _ = timeout;
        todo!("wait for an item, but not for ever")
    }

    /// Closes the queue: no item goes in any more, and the items in it can still be taken out.
    pub fn close(&self) {
        todo!("let nothing in, and wake the waiting threads")
    }

    /// How many items wait in the queue.
    pub fn len(&self) -> usize {
        todo!("count them")
    }

    /// Whether no item waits in the queue. This method is given.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
