//! breaks: clause 2 · finding: race
//! `push` counts its item after the unlock. A `pop` in between counts down first, and `len` wraps around.

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
    count: std::sync::atomic::AtomicUsize,
}

impl<T: Send + 'static> BoundedQueue<T> {
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "no capacity");
        let state = State { items: VecDeque::new(), closed: false };
        Self {
            state: Mutex::new(state),
            item: Condvar::new(),
            room: Condvar::new(),
            capacity,
            count: Default::default(),
        }
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
        drop(state);
        self.item.notify_one();
        self.count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(())
    }

    pub fn pop(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(item) = state.items.pop_front() {
                self.room.notify_one();
                self.count.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
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
        loop {
            if let Some(item) = state.items.pop_front() {
                self.room.notify_one();
                self.count.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
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
        self.count.load(std::sync::atomic::Ordering::SeqCst)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
