//! breaks: clause 3 · finding: too-late
//! An `acquire_many` that fails and already had resources frees its places and wakes nobody.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure<E> {
    TimedOut,
    Closed,
    Factory(E),
}

struct Waiter {
    id: u64,
    count: usize,
    turn: Sender<()>,
}

struct State<T> {
    free: usize,
    idle: Vec<T>,
    waiters: VecDeque<Waiter>,
    next: u64,
    closed: bool,
}

impl<T> State<T> {
    fn grant(&mut self) {
        while let Some(first) = self.waiters.front() {
            if first.count > self.free {
                break;
            }
            self.free -= first.count;
            let first = self.waiters.pop_front().unwrap();
            first.turn.send(()).unwrap();
        }
    }
}

struct Shared<T> {
    state: Mutex<State<T>>,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap()
    }

    fn put_back(&self, resources: Vec<T>, places: usize) {
        let mut state = self.lock();
        let mut dead = Vec::new();
        if state.closed {
            dead = resources;
        } else {
            state.idle.extend(resources);
        }
        state.free += places;
        state.grant();
        drop(state);
        drop(dead);
    }
}

/// Places that are held by a call that has no guards yet.
struct Hold<'a, T> {
    shared: &'a Shared<T>,
    resources: Vec<T>,
    places: usize,
}

impl<T> Drop for Hold<'_, T> {
    fn drop(&mut self) {
        if self.places > 0 {
            let places = self.places;
            let resources = std::mem::take(&mut self.resources);
            if places > 1 && !resources.is_empty() {
                let mut state = self.shared.lock();
                state.idle.extend(resources);
                state.free += places;
                return;
            }
            self.shared.put_back(resources, places);
        }
    }
}

type Factory<T, E> = Box<dyn Fn() -> Result<T, E> + Send + Sync>;

pub struct Pool<T, E> {
    shared: Arc<Shared<T>>,
    factory: Factory<T, E>,
    size: usize,
}

impl<T, E> std::fmt::Debug for Pool<T, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pool")
    }
}

pub struct Guard<T> {
    resource: Option<T>,
    shared: Arc<Shared<T>>,
}

impl<T> std::fmt::Debug for Guard<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Guard")
    }
}

impl<T, E> Pool<T, E> {
    pub fn new<F>(size: usize, factory: F) -> Self
    where
        F: Fn() -> Result<T, E> + Send + Sync + 'static,
    {
        assert!(size > 0, "a pool without places");
        let state = State { free: size, idle: Vec::new(), waiters: VecDeque::new(), next: 0, closed: false };
        Self { shared: Arc::new(Shared { state: Mutex::new(state) }), factory: Box::new(factory), size }
    }

    pub fn acquire(&self) -> Result<Guard<T>, Failure<E>> {
        Ok(self.take(1, None)?.pop().unwrap())
    }

    pub fn acquire_timeout(&self, limit: Duration) -> Result<Guard<T>, Failure<E>> {
        Ok(self.take(1, Some(limit))?.pop().unwrap())
    }

    pub fn acquire_many(&self, count: usize) -> Result<Vec<Guard<T>>, Failure<E>> {
        assert!(count <= self.size, "more than there are places");
        if count == 0 {
            return if self.shared.lock().closed { Err(Failure::Closed) } else { Ok(Vec::new()) };
        }
        self.take(count, None)
    }

    fn take(&self, count: usize, limit: Option<Duration>) -> Result<Vec<Guard<T>>, Failure<E>> {
        self.wait(count, limit)?;
        let mut hold = Hold { shared: &self.shared, resources: Vec::new(), places: count };
        {
            let mut state = self.shared.lock();
            while hold.resources.len() < count {
                let Some(resource) = state.idle.pop() else { break };
                hold.resources.push(resource);
            }
        }
        while hold.resources.len() < count {
            let resource = (self.factory)().map_err(Failure::Factory)?;
            hold.resources.push(resource);
        }
        hold.places = 0;
        Ok(std::mem::take(&mut hold.resources)
            .into_iter()
            .map(|resource| Guard { resource: Some(resource), shared: Arc::clone(&self.shared) })
            .collect())
    }

    fn wait(&self, count: usize, limit: Option<Duration>) -> Result<(), Failure<E>> {
        let mut state = self.shared.lock();
        if state.closed {
            return Err(Failure::Closed);
        }
        if state.waiters.is_empty() && state.free >= count {
            state.free -= count;
            return Ok(());
        }
        if limit.is_some_and(|limit| limit.is_zero()) {
            return Err(Failure::TimedOut);
        }
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let (turn, my_turn) = channel();
        let id = state.next;
        state.next += 1;
        state.waiters.push_back(Waiter { id, count, turn });
        drop(state);
        let Some(deadline) = deadline else {
            return my_turn.recv().map_err(|_| Failure::Closed);
        };
        self.wait_until(&my_turn, deadline, id)
    }

    fn wait_until(&self, my_turn: &Receiver<()>, deadline: Instant, id: u64) -> Result<(), Failure<E>> {
        match my_turn.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(()) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => Err(Failure::Closed),
            Err(RecvTimeoutError::Timeout) => {
                let mut state = self.shared.lock();
                if my_turn.try_recv().is_ok() {
                    return Ok(());
                }
                state.waiters.retain(|waiter| waiter.id != id);
                Err(Failure::TimedOut)
            }
        }
    }

    pub fn close(&self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.waiters.clear();
        let idle = std::mem::take(&mut state.idle);
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
    pub fn discard(mut self) {
        let resource = self.resource.take();
        let ended = catch_unwind(AssertUnwindSafe(|| drop(resource)));
        self.shared.put_back(Vec::new(), 1);
        if let Err(payload) = ended {
            resume_unwind(payload);
        }
    }
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.resource.as_ref().unwrap()
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.resource.as_mut().unwrap()
    }
}

impl<T> Drop for Guard<T> {
    fn drop(&mut self) {
        if let Some(resource) = self.resource.take() {
            self.shared.put_back(vec![resource], 1);
        }
    }
}
