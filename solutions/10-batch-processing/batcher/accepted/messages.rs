//! accepted: a channel of messages, a thread that waits until the first deadline, and permits for the limit
//! for when the thread should own everything and share nothing but the count of permits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

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
    Item(T, Instant, Sender<Outcome<E>>),
    Flush(Sender<()>),
    End,
}

/// How many items are unhandled, and whether more may come.
#[derive(Default)]
struct Door {
    unhandled: Mutex<(usize, bool)>,
    changed: Condvar,
    given_up: AtomicBool,
}

/// What the thread has taken out of the channel.
struct Collector<T, E, H> {
    options: Options,
    handler: H,
    door: Arc<Door>,
    batch: Vec<(T, Sender<Outcome<E>>)>,
    first: Option<Instant>,
}

impl<T, E: Clone, H: FnMut(Vec<T>) -> Result<(), E>> Collector<T, E, H> {
    fn work(mut self, messages: Receiver<Message<T, E>>) {
        loop {
            let left = self.first.map(|first| self.options.age.saturating_sub(first.elapsed()));
            let next = match left {
                None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(left) => messages.recv_timeout(left),
            };
            if self.door.given_up.load(Ordering::SeqCst) {
                return;
            }
            match next {
                Ok(Message::Item(item, pushed, receipt)) => {
                    self.first.get_or_insert(pushed);
                    self.batch.push((item, receipt));
                    if self.batch.len() == self.options.size {
                        self.handle();
                    }
                }
                Ok(Message::Flush(done)) => {
                    self.handle();
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.handle(),
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return self.handle(),
            }
        }
    }

    fn handle(&mut self) {
        self.first = None;
        if self.batch.is_empty() {
            return;
        }
        let (items, receipts): (Vec<T>, Vec<_>) = self.batch.drain(..).unzip();
        let handler = &mut self.handler;
        let outcome = match catch_unwind(AssertUnwindSafe(|| handler(items))) {
            Ok(Ok(())) => Outcome::Stored,
            Ok(Err(error)) => Outcome::Failed(error),
            Err(_) => Outcome::Panicked,
        };
        self.door.unhandled.lock().unwrap().0 -= receipts.len();
        self.door.changed.notify_all();
        for receipt in receipts {
            let _ = receipt.send(outcome.clone());
        }
    }
}

/// Collects items on one side, and has them handled in batches on the other.
pub struct Batcher<T, E> {
    limit: usize,
    door: Arc<Door>,
    messages: Mutex<Sender<Message<T, E>>>,
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
        let (sender, messages) = mpsc::channel();
        let door = Arc::<Door>::default();
        let collector =
            Collector { options, handler, door: Arc::clone(&door), batch: Vec::new(), first: None };
        let thread = thread::spawn(move || collector.work(messages));
        let id = thread.thread().id();
        let (messages, thread) = (Mutex::new(sender), Mutex::new(Some(thread)));
        Self { limit: options.limit, door, messages, thread, id }
    }

    /// Accepts an item, and returns the receipt for it. Waits while `limit` items are unhandled.
    ///
    /// # Errors
    /// Returns the item if the batcher is closed.
    pub fn push(&self, item: T) -> Result<Receipt<E>, T> {
        let mut unhandled = self.door.unhandled.lock().unwrap();
        if !self.is_mine() {
            let full = |(count, closed): &mut (usize, bool)| !*closed && *count >= self.limit;
            unhandled = self.door.changed.wait_while(unhandled, full).unwrap();
        }
        if unhandled.1 {
            return Err(item);
        }
        unhandled.0 += 1;
        let (sender, receipt) = mpsc::channel();
        self.send(Message::Item(item, Instant::now(), sender));
        Ok(Receipt(receipt))
    }

    /// Has the waiting items handled at once. Returns when every item that was accepted before has been handled.
    pub fn flush(&self) {
        let (done, flushed) = mpsc::channel();
        self.send(Message::Flush(done));
        if !self.is_mine() {
            // An error says that the thread has ended, and so has handled everything.
            let _ = flushed.recv();
        }
    }

    /// Accepts no more items. Returns when every accepted item has been handled and the thread has ended.
    pub fn close(&self) {
        self.end(false);
    }
}

impl<T, E> Batcher<T, E> {
    fn is_mine(&self) -> bool {
        thread::current().id() == self.id
    }

    fn send(&self, message: Message<T, E>) {
        // The thread has ended if this fails.
        let _ = self.messages.lock().unwrap().send(message);
    }

    fn end(&self, give_up: bool) {
        let mut unhandled = self.door.unhandled.lock().unwrap();
        if !unhandled.1 {
            unhandled.1 = true;
            self.door.given_up.store(give_up, Ordering::SeqCst);
            self.send(Message::End);
        }
        drop(unhandled);
        self.door.changed.notify_all();
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
        self.end(true);
    }
}

impl<E> Receipt<E> {
    /// Waits until the item has been handled or given up, and returns what became of it.
    pub fn wait(self) -> Outcome<E> {
        self.0.recv().unwrap_or(Outcome::NeverTried)
    }
}
