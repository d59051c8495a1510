//! breaks: clause 3 · finding: wrong-answer
//! The call that came last is served first.

use std::collections::VecDeque;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Why a call returned no resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure<E> {
    /// The time limit was over before it was the caller's turn.
    TimedOut,
    /// The pool is closed.
    Closed,
    /// The factory failed with this error.
    Factory(E),
}

struct State<T> {
    /// Never more than there are free places.
    idle: Vec<T>,
    free: usize,
    /// The tickets of the waiting calls, the oldest first.
    waiting: VecDeque<u64>,
    /// The number of the next ticket.
    next: u64,
    closed: bool,
}

/// What the pool and its guards share.
struct Shared<T> {
    state: Mutex<State<T>>,
    /// Notified when a place is free, when another call is the first one, and when the pool is closed.
    changed: Condvar,
}

type Factory<T, E> = Box<dyn Fn() -> Result<T, E> + Send + Sync>;

/// A number of places for resources of the type `T`. A factory makes them, and may fail with an `E`.
pub struct Pool<T, E> {
    shared: Arc<Shared<T>>,
    size: usize,
    factory: Factory<T, E>,
}

/// A resource in use. It returns to its pool when this value is dropped.
pub struct Guard<T> {
    shared: Arc<Shared<T>>,
    /// `None` while it is made, and when it has been discarded. The place is held all the same.
    resource: Option<T>,
}

impl<T, E> Pool<T, E> {
    /// A pool with `size` places. No resource is made yet.
    ///
    /// # Panics
    /// If `size` is 0.
    pub fn new<F>(size: usize, factory: F) -> Self
    where
        F: Fn() -> Result<T, E> + Send + Sync + 'static,
    {
        assert!(size > 0, "a pool needs at least one place");
        let state = State { idle: Vec::new(), free: size, waiting: VecDeque::new(), next: 0, closed: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        Self { shared, size, factory: Box::new(factory) }
    }

    /// Waits for its turn, and returns a resource.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    pub fn acquire(&self) -> Result<Guard<T>, Failure<E>> {
        self.take(1, None).map(only)
    }

    /// Like [`acquire`](Self::acquire), but waits at most `limit`.
    ///
    /// # Errors
    /// If the limit is over, the pool is closed, or the factory fails.
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Guard<T>, Failure<E>> {
        // A limit that ends after the last moment that the clock can count is no limit.
        self.take(1, Instant::now().checked_add(limit)).map(only)
    }

    /// Waits for its turn, and returns `count` resources. While it waits, it holds none.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    ///
    /// # Panics
    /// If the pool has fewer places than `count`.
    pub fn acquire_many(&self, count: usize) -> Result<Vec<Guard<T>>, Failure<E>> {
        assert!(count <= self.size, "a pool of {} places can't lend {count} at once", self.size);
        if count == 0 {
            // Nothing to wait for, so no ticket.
            let closed = self.shared.state.lock().unwrap().closed;
            return if closed { Err(Failure::Closed) } else { Ok(Vec::new()) };
        }
        self.take(count, None)
    }

    /// Closes the pool: no call gets a resource any more, and waiting calls end.
    pub fn close(&self) {
        let mut state = self.shared.state.lock().unwrap();
        state.closed = true;
        let idle = mem::take(&mut state.idle);
        self.shared.changed.notify_all();
        drop(state);
        // Destructors may be slow, and may call the pool.
        drop(idle);
    }

    fn take(&self, count: usize, deadline: Option<Instant>) -> Result<Vec<Guard<T>>, Failure<E>> {
        let mut guards = self.places(count, deadline)?;
        for guard in guards.iter_mut().filter(|guard| guard.resource.is_none()) {
            // On the way out of a failure or a panic, all guards are dropped, those without a resource too.
            guard.resource = Some((self.factory)().map_err(Failure::Factory)?);
        }
        Ok(guards)
    }

    /// Waits for `count` places. The guards have idle resources as far as there are any.
    fn places(&self, count: usize, deadline: Option<Instant>) -> Result<Vec<Guard<T>>, Failure<E>> {
        let mut state = self.shared.state.lock().unwrap();
        let ticket = state.next;
        state.next += 1;
        state.waiting.push_back(ticket);
        let outcome = loop {
            if state.closed {
                break Err(Failure::Closed);
            }
            if state.waiting.back() == Some(&ticket) && state.free >= count {
                state.free -= count;
                let guard = |resource| Guard { shared: Arc::clone(&self.shared), resource };
                break Ok((0..count).map(|_| guard(state.idle.pop())).collect());
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => break Err(Failure::TimedOut),
                Some(left) => self.shared.changed.wait_timeout(state, left).unwrap().0,
                None => self.shared.changed.wait(state).unwrap(),
            };
        };
        // However it ended, the next call may be the first one now.
        state.waiting.retain(|other| *other != ticket);
        self.shared.changed.notify_all();
        outcome
    }
}

impl<T, E> Drop for Pool<T, E> {
    /// Closes the pool.
    fn drop(&mut self) {
        self.close();
    }
}

impl<T> Guard<T> {
    /// Drops a resource that is broken. Its place becomes free for a new one.
    pub fn discard(mut self) {
        // Before the place is free. If this panics, the guard is dropped on the way out.
        drop(self.resource.take());
    }
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.resource.as_ref().expect("a caller sees a guard only with its resource")
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.resource.as_mut().expect("a caller sees a guard only with its resource")
    }
}

impl<T> Drop for Guard<T> {
    /// Returns the resource to its pool.
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap();
        state.free += 1;
        if !state.closed {
            state.idle.extend(self.resource.take());
        }
        self.shared.changed.notify_all();
        // If the pool is closed, the resource is dropped now that the lock is free again.
        drop(state);
    }
}

fn only<T>(mut guards: Vec<Guard<T>>) -> Guard<T> {
    guards.pop().expect("one was asked for")
}
