//! accepted: a thread owns all resources, and the pool and its guards send it messages
//! for when the pool has more to do meanwhile, such as closing resources that have been idle for long.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
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

/// How a call is answered. An answer that never comes says that the pool is closed.
enum Answer<T> {
    Wait,
    Granted(Vec<Guard<T>>),
}

enum Message<T> {
    Take {
        count: usize,
        back: Sender<Message<T>>,
        answer: Sender<Answer<T>>,
    },
    /// The call that waits for this answer has given up. It may have been served already.
    Look,
    /// A guard was dropped. If the pool is closed, its resource comes back.
    Return(Option<T>, Sender<Option<T>>),
    Close(Sender<Vec<T>>),
}

/// What the thread knows.
struct Desk<T> {
    idle: Vec<T>,
    free: usize,
    queue: VecDeque<(usize, Sender<Message<T>>, Sender<Answer<T>>)>,
}

impl<T> Desk<T> {
    fn serve(mut self, messages: Receiver<Message<T>>) {
        for message in messages {
            match message {
                Message::Take { count, back, answer } => {
                    let new = answer.clone();
                    self.queue.push_back((count, back, answer));
                    if !self.hand_on() {
                        let _ = new.send(Answer::Wait);
                    }
                }
                Message::Look => {}
                Message::Return(resource, done) => {
                    self.idle.extend(resource);
                    self.free += 1;
                    let _ = done.send(None);
                }
                Message::Close(answer) => {
                    let _ = answer.send(self.idle);
                    return;
                }
            }
            self.hand_on();
        }
    }

    /// Serves the first calls, as long as there are enough places. Whether all calls are served.
    fn hand_on(&mut self) -> bool {
        while self.queue.front().is_some_and(|(count, ..)| *count <= self.free) {
            let (count, back, answer) = self.queue.pop_front().expect("it is there");
            self.free -= count;
            let guard = |_| Guard { desk: back.clone(), resource: self.idle.pop() };
            let granted = Answer::Granted((0..count).map(guard).collect());
            // A call that has given up: the guards may not send a message to this very thread, and wait.
            if let Err(mpsc::SendError(Answer::Granted(guards))) = answer.send(granted) {
                self.free += count;
                for mut guard in guards {
                    self.idle.extend(guard.resource.take());
                    guard.desk = mpsc::channel().0;
                }
            }
        }
        self.queue.is_empty()
    }
}

/// A number of places for resources of the type `T`. A factory makes them, and may fail with an `E`.
pub struct Pool<T, E> {
    desk: Sender<Message<T>>,
    size: usize,
    factory: Factory<T, E>,
}

/// A resource in use. It returns to its pool when this value is dropped.
pub struct Guard<T> {
    desk: Sender<Message<T>>,
    resource: Option<T>,
}

impl<T: Send + 'static, E> Pool<T, E> {
    /// A pool with `size` places. No resource is made yet.
    ///
    /// # Panics
    /// If `size` is 0.
    pub fn new<F>(size: usize, factory: F) -> Self
    where
        F: Fn() -> Result<T, E> + Send + Sync + 'static,
    {
        assert!(size > 0, "a pool needs at least one place");
        let (desk, messages) = mpsc::channel();
        let state = Desk { idle: Vec::new(), free: size, queue: VecDeque::new() };
        thread::spawn(move || state.serve(messages));
        Self { desk, size, factory: Box::new(factory) }
    }
}

impl<T, E> Pool<T, E> {
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
        if count == 0 {
            return if self.desk.send(Message::Look).is_ok() { Ok(Vec::new()) } else { Err(Failure::Closed) };
        }
        self.take(count, None)
    }

    fn take(&self, count: usize, deadline: Option<Instant>) -> Result<Vec<Guard<T>>, Failure<E>> {
        let (answer, answers) = mpsc::channel();
        let message = Message::Take { count, back: self.desk.clone(), answer };
        self.desk.send(message).map_err(|_| Failure::Closed)?;
        // The first answer is never far away.
        let mut next = answers.recv().map_err(|_| RecvTimeoutError::Disconnected);
        if let (Ok(Answer::Wait), Some(deadline)) = (&next, deadline) {
            next = answers.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        } else if let Ok(Answer::Wait) = next {
            next = answers.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        let mut guards = match next {
            Ok(Answer::Granted(guards)) => guards,
            Ok(Answer::Wait) | Err(RecvTimeoutError::Disconnected) => return Err(Failure::Closed),
            Err(RecvTimeoutError::Timeout) => return Err(Failure::TimedOut),
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
        let (answer, idle) = mpsc::channel();
        if self.desk.send(Message::Close(answer)).is_ok() {
            drop(idle.recv());
        }
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
        let (done, ended) = mpsc::channel();
        // If the pool is closed, the message is dropped, here or over there, and the resource before the sender.
        if self.desk.send(Message::Return(self.resource.take(), done)).is_ok() {
            drop(ended.recv());
        }
    }
}
