//! A pool of resources: a few of them, for many threads, in turn.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;
use std::time::Duration;

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

/// A number of places for resources of the type `T`. A factory makes them, and may fail with an `E`.
#[derive(Debug)]
pub struct Pool<T, E> {
    // Yours to replace.
    fields: PhantomData<Mutex<(T, E)>>,
}

/// A resource in use. It returns to its pool when this value is dropped.
#[derive(Debug)]
pub struct Guard<T> {
    // Yours to replace.
    fields: PhantomData<T>,
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
        let _ = (size, factory, Self { fields: PhantomData });
        todo!("keep the factory, and a list of idle resources that is empty")
    }

    /// Waits for its turn, and returns a resource.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    pub fn acquire(&self) -> Result<Guard<T>, Failure<E>> {
        let _ = (self.fields, Guard::<T> { fields: PhantomData });
        todo!("wait for your turn and for a place; then take an idle resource, or make one")
    }

    /// Like [`acquire`](Self::acquire), but waits at most `limit`.
    ///
    /// # Errors
    /// If the limit is over, the pool is closed, or the factory fails.
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Guard<T>, Failure<E>> {
        let _ = limit;
        todo!("like `acquire`, with an end to the wait")
    }

    /// Waits for its turn, and returns `count` resources. While it waits, it holds none.
    ///
    /// # Errors
    /// If the pool is closed, or the factory fails.
    ///
    /// # Panics
    /// If the pool has fewer places than `count`.
    pub fn acquire_many(&self, count: usize) -> Result<Vec<Guard<T>>, Failure<E>> {
        let _ = count;
        todo!("like `acquire`, for several places at once")
    }

    /// Closes the pool: no call gets a resource any more, and waiting calls end.
    pub fn close(&self) {
        todo!("tell the waiting calls, and drop the idle resources")
    }
}

impl<T, E> Drop for Pool<T, E> {
    /// Closes the pool.
    fn drop(&mut self) {
        todo!("close")
    }
}

impl<T> Guard<T> {
    /// Drops a resource that is broken. Its place becomes free for a new one.
    pub fn discard(self) {
        todo!("drop the resource, and free its place")
    }
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let _ = self.fields;
        todo!("the resource")
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        todo!("the resource")
    }
}

impl<T> Drop for Guard<T> {
    /// Returns the resource to its pool.
    fn drop(&mut self) {
        todo!("put the resource among the idle ones, and wake the waiting calls")
    }
}
