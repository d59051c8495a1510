//! accepted: a channel for each waiting call, on which it gets its guards
//! for when the guards themselves should be what travels: one that nobody receives is dropped, and returns.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard};
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

type Factory<T, E> = Box<dyn Fn() -> Result<T, E> + Send + Sync>;

struct Waiter<T> {
    ticket: u64,
    count: usize,
    guards: Sender<Vec<Guard<T>>>,
}

struct State<T> {
    idle: Vec<T>,
    free: usize,
    /// A sender that is dropped says that the pool is closed.
    queue: VecDeque<Waiter<T>>,
    next: u64,
    closed: bool,
}

struct Shared<T>(Mutex<State<T>>);

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap()
    }

    /// Gives places to the first calls, as long as there are enough.
    fn hand_on(self: &Arc<Self>) {
        let mut nobody = Vec::new();
        let mut state = self.state();
        while let Some(first) = state.queue.front()
            && first.count <= state.free
        {
            let first = state.queue.pop_front().expect("it is there");
            state.free -= first.count;
            let guard = |_| Guard { shared: Arc::clone(self), resource: state.idle.pop() };
            let guards = (0..first.count).map(guard).collect();
            // If the call has given up, its guards are dropped, when the lock is free again.
            nobody.extend(first.guards.send(guards).err());
        }
        drop(state);
        drop(nobody);
    }
}

/// A number of places for resources of the type `T`. A factory makes them, and may fail with an `E`.
pub struct Pool<T, E> {
    shared: Arc<Shared<T>>,
    size: usize,
    factory: Factory<T, E>,
}

/// A resource in use. It returns to its pool when this value is dropped.
pub struct Guard<T> {
    shared: Arc<Shared<T>>,
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
        let state = State { idle: Vec::new(), free: size, queue: VecDeque::new(), next: 0, closed: false };
        Self { shared: Arc::new(Shared(Mutex::new(state))), size, factory: Box::new(factory) }
    }

    /// Waits for its turn, and returns a resource.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    pub fn acquire(&self) -> Result<Guard<T>, Failure<E>> {
        Ok(self.take(1, None)?.remove(0))
    }

    /// Like [`acquire`](Self::acquire), but waits at most `limit`.
    ///
    /// # Errors
    /// If the limit is over, the pool is closed, or the factory fails.
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Guard<T>, Failure<E>> {
        Ok(self.take(1, Instant::now().checked_add(limit))?.remove(0))
    }

    /// Waits for its turn, and returns `count` resources. While it waits, it holds none.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    ///
    /// # Panics
    /// If the pool has fewer places than `count`.
    pub fn acquire_many(&self, count: usize) -> Result<Vec<Guard<T>>, Failure<E>> {
        assert!(count <= self.size, "more than there are places");
        if count > 0 {
            return self.take(count, None);
        }
        if self.shared.state().closed { Err(Failure::Closed) } else { Ok(Vec::new()) }
    }

    fn take(&self, count: usize, deadline: Option<Instant>) -> Result<Vec<Guard<T>>, Failure<E>> {
        let (sender, receiver) = mpsc::channel();
        let mut state = self.shared.state();
        if state.closed {
            return Err(Failure::Closed);
        }
        let ticket = state.next;
        state.next += 1;
        state.queue.push_back(Waiter { ticket, count, guards: sender });
        drop(state);
        self.shared.hand_on();
        let received = match deadline {
            None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(deadline) => receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        };
        let mut guards = match received {
            Ok(guards) => guards,
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::Closed),
            Err(RecvTimeoutError::Timeout) => {
                self.shared.state().queue.retain(|waiter| waiter.ticket != ticket);
                self.shared.hand_on();
                // Guards that have come meanwhile are dropped with the receiver, and return.
                return Err(Failure::TimedOut);
            }
        };
        for guard in &mut guards {
            if guard.resource.is_none() {
                guard.resource = Some((self.factory)().map_err(Failure::Factory)?);
            }
        }
        Ok(guards)
    }

    /// Closes the pool: no call gets a resource any more, and waiting calls end.
    pub fn close(&self) {
        let mut state = self.shared.state();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        state.queue.clear();
        drop(state);
        drop(idle);
    }
}

impl<T, E> Drop for Pool<T, E> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<T> Guard<T> {
    /// Drops a resource that is broken. Its place becomes free for a new one.
    pub fn discard(mut self) {
        self.resource = None;
    }
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.resource.as_ref().expect("made before the caller sees it")
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.resource.as_mut().expect("made before the caller sees it")
    }
}

impl<T> Drop for Guard<T> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.free += 1;
        if !state.closed {
            state.idle.extend(self.resource.take());
        }
        drop(state);
        self.shared.hand_on();
    }
}
