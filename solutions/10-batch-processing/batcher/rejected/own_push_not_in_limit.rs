//! breaks: clause 5 · finding: oversubscribed
//! An item that the handler pushes takes no permit, so it does not count in the limit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, Sender, after, bounded, never, unbounded};
use crossbeam::select;

/// When a batch is begun, and how many items may wait.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The most items in a batch.
    pub size: usize,
    /// How long an item may wait for a batch to be full.
    pub age: Duration,
    /// The most unhandled items. `push` waits beyond that.
    pub limit: usize,
}

/// What became of an item.
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

enum Message<T, E> {
    Item(Entry<T, E>),
    Flush(Sender<()>),
}

/// An item on its way, and whether it has a permit.
struct Entry<T, E> {
    item: T,
    pushed: Instant,
    receipt: Sender<Outcome<E>>,
    permit: bool,
}

/// The thread's ends of the channels.
struct Ends<T, E> {
    messages: Receiver<Message<T, E>>,
    permits: Receiver<()>,
    given_up: Arc<AtomicBool>,
}

impl<T, E: Clone> Ends<T, E> {
    fn work(self, options: Options, mut handler: impl FnMut(Vec<T>) -> Result<(), E>) {
        let mut batch: Vec<Entry<T, E>> = Vec::new();
        let mut timer = never();
        loop {
            // What is there comes before the timer.
            let next = match self.messages.try_recv() {
                Ok(message) => Some(Ok(message)),
                Err(_) => select! {
                    recv(self.messages) -> message => Some(message),
                    recv(timer) -> _ => None,
                },
            };
            if self.given_up.load(Ordering::SeqCst) {
                return;
            }
            let mut flushed = None;
            match next {
                Some(Ok(Message::Item(entry))) => {
                    if batch.is_empty() {
                        let left = options.age.saturating_sub(entry.pushed.elapsed());
                        let endless = Instant::now().checked_add(left).is_none();
                        timer = if endless { never() } else { after(left) };
                    }
                    batch.push(entry);
                    if batch.len() < options.size {
                        continue;
                    }
                }
                Some(Ok(Message::Flush(done))) => flushed = Some(done),
                Some(Err(_)) => {
                    self.handle(&mut handler, batch);
                    return;
                }
                None => {}
            }
            timer = never();
            self.handle(&mut handler, batch.drain(..).collect());
            if let Some(done) = flushed {
                let _ = done.send(());
            }
        }
    }

    fn handle(&self, handler: &mut impl FnMut(Vec<T>) -> Result<(), E>, batch: Vec<Entry<T, E>>) {
        if batch.is_empty() {
            return;
        }
        let (items, receipts): (Vec<T>, Vec<_>) =
            batch.into_iter().map(|entry| (entry.item, (entry.receipt, entry.permit))).unzip();
        let outcome = match catch_unwind(AssertUnwindSafe(|| handler(items))) {
            Ok(Ok(())) => Outcome::Stored,
            Ok(Err(error)) => Outcome::Failed(error),
            Err(_) => Outcome::Panicked,
        };
        for (receipt, permit) in receipts {
            let _ = receipt.send(outcome.clone());
            if permit {
                let _ = self.permits.try_recv();
            }
        }
    }
}

/// Collects items on one side, and has them handled in batches on the other.
pub struct Batcher<T, E> {
    /// `None` after `close`.
    messages: Mutex<Option<Sender<Message<T, E>>>>,
    /// Full when `limit` items are unhandled.
    permits: Sender<()>,
    /// Disconnected by `close`.
    open: Mutex<Option<Sender<()>>>,
    closed: Receiver<()>,
    given_up: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
    id: ThreadId,
}

/// The claim to the outcome of one item.
pub struct Receipt<E>(Receiver<Outcome<E>>);

impl<T: Send + 'static, E: Clone + Send + 'static> Batcher<T, E> {
    /// A batcher that calls `handler` for every batch, on a thread of its own.
    ///
    /// # Panics
    /// If the size is 0, or if the limit is less than the size.
    pub fn new<H>(options: Options, handler: H) -> Self
    where
        H: FnMut(Vec<T>) -> Result<(), E> + Send + 'static,
    {
        assert!(options.size > 0, "a batch has at least one item");
        assert!(options.limit >= options.size, "a batch could never be full");
        let (sender, messages) = unbounded();
        let (permits, taken) = bounded(options.limit);
        let (open, closed) = bounded(0);
        let given_up = Arc::<AtomicBool>::default();
        let ends = Ends { messages, permits: taken, given_up: Arc::clone(&given_up) };
        let thread = thread::spawn(move || ends.work(options, handler));
        let id = thread.thread().id();
        Self {
            messages: Mutex::new(Some(sender)),
            permits,
            open: Mutex::new(Some(open)),
            closed,
            given_up,
            thread: Mutex::new(Some(thread)),
            id,
        }
    }

    /// Accepts an item, and returns the receipt for it. Waits while `limit` items are unhandled.
    ///
    /// # Errors
    /// Returns the item if the batcher is closed.
    pub fn push(&self, item: T) -> Result<Receipt<E>, T> {
        let permit = !self.is_mine();
        if permit {
            select! {
                send(self.permits, ()) -> sent => if sent.is_err() { return Err(item) },
                recv(self.closed) -> _ => return Err(item),
            }
        }
        let (receipt, outcome) = bounded(1);
        match &*self.messages.lock().unwrap() {
            None => return Err(item),
            Some(messages) => {
                let entry = Entry { item, pushed: Instant::now(), receipt, permit };
                // The thread lives for as long as there is a sender.
                let _ = messages.send(Message::Item(entry));
            }
        }
        Ok(Receipt(outcome))
    }

    /// Has the waiting items handled at once. Returns when every item that was accepted before has been handled.
    pub fn flush(&self) {
        let (done, flushed) = bounded(1);
        let messages = self.messages.lock().unwrap();
        let asked = messages.as_ref().is_some_and(|messages| messages.send(Message::Flush(done)).is_ok());
        drop(messages);
        if !asked {
            // Closed: everything will be handled, and then the thread ends.
            self.join();
        } else if !self.is_mine() {
            let _ = flushed.recv();
        }
    }

    /// Accepts no more items. Returns when every accepted item has been handled and the thread has ended.
    pub fn close(&self) {
        self.shut();
        self.join();
    }
}

impl<T, E> Batcher<T, E> {
    fn is_mine(&self) -> bool {
        thread::current().id() == self.id
    }

    fn shut(&self) {
        drop(self.messages.lock().unwrap().take());
        drop(self.open.lock().unwrap().take());
    }

    fn join(&self) {
        if !self.is_mine() {
            let mut thread = self.thread.lock().unwrap();
            if let Some(thread) = thread.take() {
                thread.join().expect("the thread catches panics");
            }
        }
    }
}

impl<T, E> Drop for Batcher<T, E> {
    fn drop(&mut self) {
        let open = self.messages.lock().unwrap().is_some();
        self.given_up.store(open, Ordering::SeqCst);
        self.shut();
        self.join();
    }
}

impl<E> Receipt<E> {
    /// Waits until the item has been handled or given up, and returns what became of it.
    pub fn wait(self) -> Outcome<E> {
        self.0.recv().unwrap_or(Outcome::NeverTried)
    }
}
