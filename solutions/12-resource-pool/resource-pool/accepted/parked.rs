//! accepted: waiting threads are parked, and whoever returns a resource hands the places on and unparks the thread
//! for when you want no Condvar at all: a thread needs no more than its own token to sleep on.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, Thread};
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

/// What a waiting call gets: as many entries as it asked for, with a resource or without.
type Grant<T> = Result<Vec<Option<T>>, ()>;

struct Waiter<T> {
    count: usize,
    grant: Mutex<Option<Grant<T>>>,
    thread: Thread,
}

impl<T> Waiter<T> {
    fn give(&self, grant: Grant<T>) {
        *self.grant.lock().unwrap() = Some(grant);
        self.thread.unpark();
    }

    /// `None` if the deadline comes first.
    fn wait(&self, deadline: Option<Instant>) -> Option<Grant<T>> {
        loop {
            let grant = self.grant.lock().unwrap().take();
            if grant.is_some() {
                return grant;
            }
            match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => return None,
                Some(left) => thread::park_timeout(left),
            }
        }
    }
}

struct State<T> {
    idle: Vec<T>,
    free: usize,
    queue: VecDeque<Arc<Waiter<T>>>,
    closed: bool,
}

impl<T> State<T> {
    /// Gives places to the first calls, as long as there are enough.
    fn hand_on(&mut self) {
        while let Some(first) = self.queue.front()
            && first.count <= self.free
        {
            let first = self.queue.pop_front().expect("it is there");
            self.free -= first.count;
            let grant = (0..first.count).map(|_| self.idle.pop()).collect();
            first.give(Ok(grant));
        }
    }
}

struct Shared<T>(Mutex<State<T>>);

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap()
    }

    fn release(&self, resource: Option<T>) {
        let mut state = self.state();
        if state.closed {
            drop(state);
            drop(resource);
        } else {
            state.idle.extend(resource);
            state.free += 1;
            state.hand_on();
        }
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
        let state = State { idle: Vec::new(), free: size, queue: VecDeque::new(), closed: false };
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
        let waiter = Arc::new(Waiter { count, grant: Mutex::new(None), thread: thread::current() });
        {
            let mut state = self.shared.state();
            if state.closed {
                return Err(Failure::Closed);
            }
            state.queue.push_back(Arc::clone(&waiter));
            state.hand_on();
        }
        let grant = waiter.wait(deadline).or_else(|| {
            let mut state = self.shared.state();
            state.queue.retain(|other| !Arc::ptr_eq(other, &waiter));
            state.hand_on();
            drop(state);
            // It may have come between the end of the wait and the lock.
            waiter.grant.lock().unwrap().take()
        });
        let granted = grant.ok_or(Failure::TimedOut)?.map_err(|()| Failure::Closed)?;
        let guard = |resource| Guard { shared: Arc::clone(&self.shared), resource };
        let mut guards: Vec<_> = granted.into_iter().map(guard).collect();
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
        for waiter in state.queue.drain(..) {
            waiter.give(Err(()));
        }
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
        self.shared.release(self.resource.take());
    }
}
