//! A batcher: it collects items, and hands them to a handler by size or by age.

use std::marker::PhantomData;
use std::time::Duration;

/// When a batch is begun, and how many items may wait. This one is given.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The most items in a batch.
    pub size: usize,
    /// How long an item may wait for a batch to be full.
    pub age: Duration,
    /// The most unhandled items. `push` waits beyond that.
    pub limit: usize,
}

/// What became of an item. This one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<E> {
    /// The handler returned `Ok` for its batch.
    Stored,
    /// The handler returned this error for its batch.
    Failed(E),
    /// The handler panicked with its batch.
    Panicked,
    /// The batcher was dropped before the handler was called with it.
    NeverTried,
}

/// Collects items on one side, and has them handled in batches on the other.
#[derive(Debug)]
pub struct Batcher<T, E> {
    // Yours to replace.
    fields: PhantomData<(T, E)>,
}

/// The claim to the outcome of one item.
#[derive(Debug)]
pub struct Receipt<E> {
    // Yours to replace.
    fields: PhantomData<E>,
}

impl<T: Send + 'static, E: Clone + Send + 'static> Batcher<T, E> {
    /// A batcher that calls `handler` for every batch, on a thread of its own.
    ///
    /// # Panics
    /// If the size is 0, or if the limit is less than the size.
    pub fn new<H>(options: Options, handler: H) -> Self
    where
        H: FnMut(Vec<T>) -> Result<(), E> + Send + 'static,
    {
        let _ = (options, handler, Self { fields: PhantomData });
        todo!("what waits, and a thread that takes batches of it")
    }

    /// Accepts an item, and returns the receipt for it. Waits while `limit` items are unhandled.
    ///
    /// # Errors
    /// Returns the item if the batcher is closed.
    pub fn push(&self, item: T) -> Result<Receipt<E>, T> {
        let _ = (self.fields, item, Receipt::<E> { fields: PhantomData });
        todo!("put the item where the thread finds it, with the time and a way for its outcome to come back")
    }

    /// Has the waiting items handled at once. Returns when every item that was accepted before has been handled.
    pub fn flush(&self) {
        todo!("tell the thread not to wait, and wait for it")
    }

    /// Accepts no more items. Returns when every accepted item has been handled and the thread has ended.
    pub fn close(&self) {
        todo!("tell the thread that no more items will come, and wait for its end")
    }
}

impl<T, E> Drop for Batcher<T, E> {
    /// Without a `close` before, gives up the items that still wait.
    fn drop(&mut self) {
        todo!("tell the thread to give up, and wait for its end")
    }
}

impl<E> Receipt<E> {
    /// Waits until the item has been handled or given up, and returns what became of it.
    pub fn wait(self) -> Outcome<E> {
        let _ = self.fields;
        todo!("wait for the outcome")
    }
}
