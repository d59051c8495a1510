//! breaks: clause 5 · finding: wrong-answer
//! A `pop_timeout` of zero on a closed queue is `Closed` while more than one item waits.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed<T>(pub T);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopError {
    TimedOut,
    Closed,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

#[derive(Debug)]
pub struct BoundedQueue<T> {
    state: Mutex<State<T>>,
    item: Condvar,
    room: Condvar,
    capacity: usize,
}

impl<T: Send + 'static> BoundedQueue<T> {
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "no capacity");
        let state = State { items: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), item: Condvar::new(), room: Condvar::new(), capacity }
    }

    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        while !state.closed && state.items.len() >= self.capacity {
            state = self.room.wait(state).unwrap();
        }
        if state.closed {
            return Err(Closed(item));
        }
        state.items.push_back(item);
        self.item.notify_one();
        Ok(())
    }

    pub fn pop(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(item) = state.items.pop_front() {
                self.room.notify_one();
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state = self.item.wait(state).unwrap();
        }
    }

    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        let begin = Instant::now();
        let mut state = self.state.lock().unwrap();
        if state.closed && timeout.is_zero() && state.items.len() > 1 {
            return Err(PopError::Closed);
        }
        loop {
            if let Some(item) = state.items.pop_front() {
                self.room.notify_one();
                return Ok(item);
            }
            if state.closed {
                return Err(PopError::Closed);
            }
            let left = timeout.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return Err(PopError::TimedOut);
            }
            state = self.item.wait_timeout(state, left).unwrap().0;
        }
    }

    pub fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.item.notify_all();
        self.room.notify_all();
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
