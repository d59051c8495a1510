//! breaks: clause 6 · finding: race
//! Items are handed to the consumer that waits, through a channel of its own. When its time is up it leaves without
//! looking once more: an item that was handed over at that moment is lost.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
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
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    closed: bool,
    /// The consumers that wait: to each of them one item can be sent. Then no item waits.
    consumers: VecDeque<(u64, Sender<T>)>,
    /// The producers that wait, with their items, in the order in which they came. Then the queue is full.
    producers: VecDeque<(T, Sender<Result<(), T>>)>,
    next_id: u64,
}

impl<T> State<T> {
    /// Takes the oldest item out, and lets the producer in that has waited longest.
    fn take(&mut self) -> Option<T> {
        let item = self.items.pop_front()?;
        if let Some((next, reply)) = self.producers.pop_front() {
            self.items.push_back(next);
            reply.send(Ok(())).unwrap();
        }
        Some(item)
    }
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "the queue needs a capacity of at least one");
        let (items, consumers, producers) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
        Self { state: Mutex::new(State { items, closed: false, consumers, producers, next_id: 0 }), capacity }
    }

    /// Puts an item in.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        if state.closed {
            return Err(Closed(item));
        }
        if let Some((_, consumer)) = state.consumers.pop_front() {
            return consumer.send(item).map_err(|refused| Closed(refused.0));
        }
        if state.items.len() < self.capacity {
            state.items.push_back(item);
            return Ok(());
        }
        let (reply, answer) = mpsc::channel();
        state.producers.push_back((item, reply));
        drop(state);
        answer.recv().unwrap().map_err(Closed)
    }

    /// Takes the oldest item out.
    pub fn pop(&self) -> Option<T> {
        self.pop_timeout(Duration::MAX).ok()
    }

    /// As `pop`, but waits no longer than `timeout`.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        let mut state = self.state.lock().unwrap();
        if let Some(item) = state.take() {
            return Ok(item);
        }
        if state.closed {
            return Err(PopError::Closed);
        }
        let id = state.next_id;
        state.next_id += 1;
        let (sender, item) = mpsc::channel();
        state.consumers.push_back((id, sender));
        drop(state);
        match item.recv_timeout(timeout) {
            Ok(item) => Ok(item),
            Err(RecvTimeoutError::Disconnected) => Err(PopError::Closed),
            Err(RecvTimeoutError::Timeout) => {
                self.state.lock().unwrap().consumers.retain(|(other, _)| *other != id);
                Err(PopError::TimedOut)
            }
        }
    }

    /// Closes the queue.
    pub fn close(&self) {
        let mut state = self.state.lock().unwrap();
        state.closed = true;
        state.consumers.clear();
        for (item, reply) in state.producers.drain(..) {
            reply.send(Err(item)).unwrap();
        }
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
