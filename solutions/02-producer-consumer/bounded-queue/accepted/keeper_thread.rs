//! accepted: a thread keeps the queue and is asked through a channel; it ends with the queue

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What `push` gives back when the queue is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// Why `pop_timeout` has no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopError {
    /// The time was up before an item came.
    TimedOut,
    /// The queue is closed, and no item is left in it.
    Closed,
}

/// A queue that holds `capacity` items and no more.
#[derive(Debug)]
pub struct BoundedQueue<T> {
    requests: Option<Sender<Request<T>>>,
    keeper: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Request<T> {
    Push(T, Sender<Result<(), T>>),
    Pop(u64, Sender<T>),
    /// The consumer with this channel no longer waits.
    GiveUp(u64),
    Close(Sender<()>),
    Len(Sender<usize>),
    NewId(Sender<u64>),
}

fn tell<R>(reply: Sender<R>, answer: R) {
    reply.send(answer).unwrap_or_else(|_| unreachable!("who asks waits for the answer"));
}

/// Keeps the queue. Nobody else touches it, so it needs no lock.
fn keep<T>(capacity: usize, requests: Receiver<Request<T>>) {
    let (mut items, mut closed, mut ids) = (VecDeque::new(), false, 0);
    let mut producers: VecDeque<(T, Sender<Result<(), T>>)> = VecDeque::new();
    let mut consumers: VecDeque<(u64, Sender<T>)> = VecDeque::new();
    for request in requests {
        match request {
            Request::Push(item, reply) if closed => tell(reply, Err(item)),
            Request::Push(item, reply) => producers.push_back((item, reply)),
            Request::Pop(id, reply) => consumers.push_back((id, reply)),
            Request::GiveUp(id) => consumers.retain(|(other, _)| *other != id),
            Request::Close(reply) => {
                closed = true;
                producers.drain(..).for_each(|(item, reply)| tell(reply, Err(item)));
                tell(reply, ());
            }
            Request::Len(reply) => tell(reply, items.len()),
            Request::NewId(reply) => {
                ids += 1;
                tell(reply, ids);
            }
        }
        loop {
            if items.len() < capacity
                && let Some((item, reply)) = producers.pop_front()
            {
                items.push_back(item);
                tell(reply, Ok(()));
            } else if !items.is_empty()
                && let Some((_, reply)) = consumers.pop_front()
            {
                tell(reply, items.pop_front().unwrap());
            } else {
                break;
            }
        }
        if closed && items.is_empty() {
            consumers.clear();
        }
    }
}

impl<T: Send + 'static> BoundedQueue<T> {
    /// An open, empty queue.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "the queue needs a capacity of at least one");
        let (sender, requests) = mpsc::channel();
        let keeper = thread::spawn(move || keep(capacity, requests));
        Self { requests: Some(sender), keeper: Some(keeper) }
    }

    fn ask<R>(&self, request: impl FnOnce(Sender<R>) -> Request<T>) -> Receiver<R> {
        let (reply, answer) = mpsc::channel();
        self.requests.as_ref().unwrap().send(request(reply)).unwrap();
        answer
    }

    /// Puts an item in.
    pub fn push(&self, item: T) -> Result<(), Closed<T>> {
        self.ask(|reply| Request::Push(item, reply)).recv().unwrap().map_err(Closed)
    }

    /// Takes the oldest item out.
    pub fn pop(&self) -> Option<T> {
        self.ask(|reply| Request::Pop(0, reply)).recv().ok()
    }

    /// As `pop`, but waits no longer than `timeout`.
    pub fn pop_timeout(&self, timeout: Duration) -> Result<T, PopError> {
        let id = self.ask(Request::NewId).recv().unwrap();
        let answer = self.ask(|reply| Request::Pop(id, reply));
        // The keeper answers requests in their order: with this answer, the one before has been looked at.
        self.len();
        match answer.recv_timeout(timeout) {
            Ok(item) => Ok(item),
            Err(RecvTimeoutError::Disconnected) => Err(PopError::Closed),
            Err(RecvTimeoutError::Timeout) => {
                self.requests.as_ref().unwrap().send(Request::GiveUp(id)).unwrap();
                // Either an item was on its way, or the keeper drops the other end.
                answer.recv().map_err(|_| PopError::TimedOut)
            }
        }
    }

    /// Closes the queue.
    pub fn close(&self) {
        self.ask(Request::Close).recv().unwrap();
    }

    /// How many items wait in the queue.
    pub fn len(&self) -> usize {
        self.ask(Request::Len).recv().unwrap()
    }

    /// Whether no item waits in the queue.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Drop for BoundedQueue<T> {
    fn drop(&mut self) {
        // The keeper ends when nobody can ask any more.
        self.requests.take();
        self.keeper.take().unwrap().join().unwrap();
    }
}
