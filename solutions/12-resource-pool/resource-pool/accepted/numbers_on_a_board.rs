//! accepted: a waiting call draws a number, and a board has the numbers that hold their places
//! for when few calls wait, so that one Condvar may wake them all.

use std::collections::{BTreeSet, VecDeque};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Why a call returned no resource. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure<E> {
    /// The time limit was over before it was the caller's turn.
    TimedOut,
    /// The pool is closed.
    Closed,
    /// The factory failed with this error.
    Factory(E),
}

struct Hall<T> {
    idle: Vec<T>,
    free: usize,
    next: u64,
    /// Numbers that wait, with the places that they need.
    queue: VecDeque<(u64, usize)>,
    /// Numbers that hold their places and don't know it yet.
    board: BTreeSet<u64>,
    closed: bool,
}

struct Office<T> {
    hall: Mutex<Hall<T>>,
    changed: Condvar,
}

impl<T> Office<T> {
    /// Changes something, gives free places to the first numbers, and wakes everybody.
    fn change<R>(&self, f: impl FnOnce(&mut Hall<T>) -> R) -> R {
        let mut hall = self.hall.lock().unwrap();
        let result = f(&mut hall);
        while let Some(&(number, count)) = hall.queue.front() {
            if count > hall.free {
                break;
            }
            hall.free -= count;
            hall.queue.pop_front();
            hall.board.insert(number);
        }
        drop(hall);
        self.changed.notify_all();
        result
    }
}

/// A number of places for resources of the type `T`. A factory makes them, and may fail with an `E`.
pub struct Pool<T, E> {
    office: Arc<Office<T>>,
    size: usize,
    factory: Box<dyn Fn() -> Result<T, E> + Send + Sync>,
}

/// A place that is held, with or without a resource.
struct Place<T> {
    office: Arc<Office<T>>,
    resource: Option<T>,
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        let mut resource = self.resource.take();
        if resource.is_some() && self.office.hall.lock().unwrap().closed {
            // First the resource, then the place. A closed pool stays closed.
            let _place = Place { office: Arc::clone(&self.office), resource: None };
            drop(resource);
            return;
        }
        let late = self.office.change(|hall| {
            hall.free += 1;
            if hall.closed {
                // It was closed just now.
                return resource.take();
            }
            hall.idle.extend(resource.take());
            None
        });
        drop(late);
    }
}

/// A resource in use. It returns to its pool when this value is dropped.
pub struct Guard<T>(Place<T>);

impl<T, E> Pool<T, E> {
    /// A pool with `size` places. No resource is made yet.
    ///
    /// # Panics
    /// If `size` is 0.
    pub fn new<F>(size: usize, factory: F) -> Self
    where
        F: Fn() -> Result<T, E> + Send + Sync + 'static,
    {
        assert_ne!(size, 0);
        let hall = Hall {
            idle: Vec::new(),
            free: size,
            next: 0,
            queue: VecDeque::new(),
            board: BTreeSet::new(),
            closed: false,
        };
        let office = Arc::new(Office { hall: Mutex::new(hall), changed: Condvar::new() });
        Self { office, size, factory: Box::new(factory) }
    }

    /// Waits for its turn, and returns a resource.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    pub fn acquire(&self) -> Result<Guard<T>, Failure<E>> {
        self.acquire_timeout(Duration::MAX)
    }

    /// Like [`acquire`](Self::acquire), but waits at most `limit`.
    ///
    /// # Errors
    /// If the limit is over, the pool is closed, or the factory fails.
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Guard<T>, Failure<E>> {
        self.draw(1, limit)?;
        self.equip(self.place())
    }

    /// Waits for its turn, and returns `count` resources. While it waits, it holds none.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    ///
    /// # Panics
    /// If the pool has fewer places than `count`.
    pub fn acquire_many(&self, count: usize) -> Result<Vec<Guard<T>>, Failure<E>> {
        assert!(count <= self.size, "{count} of {} places", self.size);
        if count == 0 {
            let closed = self.office.hall.lock().unwrap().closed;
            return if closed { Err(Failure::Closed) } else { Ok(vec![]) };
        }
        self.draw(count, Duration::MAX)?;
        let places: Vec<Place<T>> = (0..count).map(|_| self.place()).collect();
        places.into_iter().map(|place| self.equip(place)).collect()
    }

    /// Closes the pool: no call gets a resource any more, and waiting calls end.
    pub fn close(&self) {
        let idle = self.office.change(|hall| {
            hall.closed = true;
            hall.queue.clear();
            std::mem::take(&mut hall.idle)
        });
        drop(idle);
    }

    /// Waits until it holds `count` places.
    fn draw(&self, count: usize, limit: Duration) -> Result<(), Failure<E>> {
        let start = Instant::now();
        let mut hall = self.office.hall.lock().unwrap();
        if hall.closed {
            return Err(Failure::Closed);
        }
        if hall.queue.is_empty() && hall.free >= count {
            hall.free -= count;
            return Ok(());
        }
        let number = hall.next;
        hall.next += 1;
        hall.queue.push_back((number, count));
        loop {
            // Its turn counts first: before the close and before the limit.
            if hall.board.remove(&number) {
                return Ok(());
            }
            if hall.closed {
                return Err(Failure::Closed);
            }
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                drop(hall);
                let held = self.office.change(|hall| {
                    hall.queue.retain(|(other, _)| *other != number);
                    hall.board.remove(&number)
                });
                return if held { Ok(()) } else { Err(Failure::TimedOut) };
            }
            hall = self.office.changed.wait_timeout(hall, left).unwrap().0;
        }
    }

    fn place(&self) -> Place<T> {
        Place { office: Arc::clone(&self.office), resource: None }
    }

    /// Finds or makes the resource for a place.
    fn equip(&self, mut place: Place<T>) -> Result<Guard<T>, Failure<E>> {
        let idle = self.office.hall.lock().unwrap().idle.pop();
        place.resource = Some(match idle {
            Some(resource) => resource,
            None => (self.factory)().map_err(Failure::Factory)?,
        });
        Ok(Guard(place))
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
        let resource = self.0.resource.take();
        drop(resource);
    }
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.resource.as_ref().unwrap()
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.resource.as_mut().unwrap()
    }
}

impl<T> Drop for Guard<T> {
    /// Returns the resource to its pool: its place does that.
    fn drop(&mut self) {}
}
