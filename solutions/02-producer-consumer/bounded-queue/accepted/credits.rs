//! accepted: a crossbeam channel without limit, and as many credits as capacity in a second channel; closing drops a sender

use std::sync::Mutex;
use std::time::Duration;

use crossbeam::channel::{self, Receiver, RecvTimeoutError, Sender};
use crossbeam::select;

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
    /// Gone when the queue is closed. Who sends holds the lock, so nothing is sent after the close.
    sender: Mutex<Option<Ends<T>>>,
    items: Receiver<T>,
    /// One for each item that there is room for.
    credits: (Sender<()>, Receiver<()>),
    /// Nothing ever comes here but the end.
    closed: Receiver<()>,
}

/// What the close drops.
#[derive(Debug)]
struct Ends<T> {
    items: Sender<T>,
    _closed: Sender<()>,
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "the queue needs a capacity of at least one");
        let (item_sender, items) = channel::unbounded();
        let (closed_sender, closed) = channel::bounded(0);
        let credits = channel::bounded(capacity);
        for _ in 0..capacity {
            credits.0.send(()).unwrap();
        }
        let sender = Mutex::new(Some(Ends { items: item_sender, _closed: closed_sender }));
        Self { sender, items, credits, closed }
    }

    /// Puts an item in.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        select! {
            recv(self.credits.1) -> _ => {}
            recv(self.closed) -> _ => return Err(Closed(item)),
        }
        match &*self.sender.lock().unwrap() {
            Some(open) => open.items.send(item).map_err(|refused| Closed(refused.0)),
            None => Err(Closed(item)),
        }
    }

    /// Takes the oldest item out.
    pub fn pop(&self) -> Option<T> {
        let item = self.items.recv().ok()?;
        self.credits.0.send(()).unwrap();
        Some(item)
    }

    /// As `pop`, but waits no longer than `timeout`.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        let item = self.items.recv_timeout(timeout).map_err(|error| match error {
            RecvTimeoutError::Timeout => PopError::TimedOut,
            RecvTimeoutError::Disconnected => PopError::Closed,
        })?;
        self.credits.0.send(()).unwrap();
        Ok(item)
    }

    /// Closes the queue.
    pub fn close(&self) {
        self.sender.lock().unwrap().take();
    }

    /// How many items wait in the queue.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether no item waits in the queue.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
