//! Channels with many senders and one receiver.

pub use ::std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use ::std::cell::UnsafeCell;
use ::std::collections::VecDeque;
use ::std::fmt;
use ::std::iter::FusedIterator;
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};
use ::std::time::Duration;

use engine::{Access, Loc, Waiting, Wake};

use crate::shared::Shared;

struct Channel<T> {
    state: UnsafeCell<State<T>>,
}

struct State<T> {
    queue: VecDeque<(u64, T)>,
    /// `None` for a channel without a bound.
    capacity: Option<usize>,
    senders: usize,
    receiver_alive: bool,
    /// The receiver is blocked, so a rendezvous can take place.
    receiver_waits: bool,
    next_ticket: u64,
    /// All messages with a lower ticket have been received.
    received: u64,
}

// SAFETY: the state is touched between scheduling points only (crate documentation), and no reference
// to it is held while foreign code (a message's destructor) runs.
unsafe impl<T: Send> Send for Channel<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Channel<T> {}
impl<T> UnwindSafe for Channel<T> {}
impl<T> RefUnwindSafe for Channel<T> {}

enum Attempt {
    Done,
    Full,
    Closed,
}

impl<T> Channel<T> {
    fn new(capacity: Option<usize>) -> Shared<Self> {
        let queue = VecDeque::new();
        let state = State {
            queue,
            capacity,
            senders: 1,
            receiver_alive: true,
            receiver_waits: false,
            next_ticket: 0,
            received: 0,
        };
        Shared::new(Self { state: UnsafeCell::new(state) })
    }

    #[allow(clippy::mut_from_ref)]
    fn state(&self) -> &mut State<T> {
        // SAFETY: every caller uses it up before a scheduling point and before foreign code runs.
        unsafe { &mut *self.state.get() }
    }

    /// What the receiver waits on.
    fn messages(&self) -> usize {
        self.state.get() as usize
    }

    /// What senders wait on.
    fn room(&self) -> usize {
        self.state.get() as usize + 1
    }

    fn wait(
        &self,
        what: &'static str,
        op: &'static str,
        address: usize,
        deadline: Option<u64>,
        at: Loc,
    ) -> Wake {
        let wake = engine::block(Waiting::on(what, op, address, at), deadline);
        engine::touch(self.messages(), Access::Change);
        wake
    }

    /// Puts the message into the queue, if there is room where there is a queue.
    fn put(&self, message: &mut Option<T>) -> Attempt {
        let state = self.state();
        if !state.receiver_alive {
            engine::outcome(|| "no receiver".to_owned());
            return Attempt::Closed;
        }
        // At a rendezvous each sender that is blocked offers its message: the receiver can take all of them.
        if state.capacity.is_some_and(|c| c > 0 && state.queue.len() >= c) {
            engine::outcome(|| "full".to_owned());
            return Attempt::Full;
        }
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.push_back((ticket, message.take().expect("a message is put once")));
        engine::wake_all(self.messages());
        Attempt::Done
    }

    fn send(&self, message: T, at: Loc) -> Result<(), SendError<T>> {
        engine::point("send", self.messages(), at);
        let mut message = Some(message);
        loop {
            match self.put(&mut message) {
                Attempt::Done => break,
                Attempt::Closed => return Err(SendError(message.expect("it was not put"))),
                Attempt::Full => {
                    self.wait("room in a channel", "send", self.room(), None, at);
                }
            }
        }
        let state = self.state();
        if state.capacity != Some(0) {
            return Ok(());
        }
        // A rendezvous: wait until the receiver has this very message.
        let ticket = state.next_ticket - 1;
        loop {
            let state = self.state();
            if state.received > ticket {
                return Ok(());
            }
            if !state.receiver_alive {
                let mine = state.queue.iter().position(|(t, _)| *t == ticket);
                return match mine.and_then(|i| state.queue.remove(i)) {
                    Some((_, message)) => Err(SendError(message)),
                    None => Ok(()),
                };
            }
            self.wait("the receiver to take its message", "send", self.room(), None, at);
        }
    }

    fn try_send(&self, message: T, at: Loc) -> Result<(), TrySendError<T>> {
        engine::point("try_send", self.messages(), at);
        let state = self.state();
        if state.capacity == Some(0)
            && state.receiver_alive
            && !(state.receiver_waits && state.queue.is_empty())
        {
            return Err(TrySendError::Full(message));
        }
        let mut message = Some(message);
        match self.put(&mut message) {
            Attempt::Done => Ok(()),
            Attempt::Full => Err(TrySendError::Full(message.expect("it was not put"))),
            Attempt::Closed => Err(TrySendError::Disconnected(message.expect("it was not put"))),
        }
    }

    fn try_recv(&self) -> Result<T, TryRecvError> {
        let state = self.state();
        match state.queue.pop_front() {
            Some((ticket, message)) => {
                state.received = ticket + 1;
                engine::wake_all(self.room());
                Ok(message)
            }
            None if state.senders == 0 => {
                engine::outcome(|| "no sender".to_owned());
                Err(TryRecvError::Disconnected)
            }
            None => {
                engine::outcome(|| "empty".to_owned());
                Err(TryRecvError::Empty)
            }
        }
    }

    fn recv(&self, deadline: Option<u64>, at: Loc) -> Result<T, RecvTimeoutError> {
        engine::point("recv", self.messages(), at);
        loop {
            match self.try_recv() {
                Ok(message) => return Ok(message),
                Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
                Err(TryRecvError::Empty) => {}
            }
            if deadline.is_some_and(|d| d <= engine::now()) {
                return Err(RecvTimeoutError::Timeout);
            }
            self.state().receiver_waits = true;
            let wake = self.wait("a message on a channel", "recv", self.messages(), deadline, at);
            self.state().receiver_waits = false;
            if wake == Wake::TimedOut && self.state().queue.is_empty() && self.state().senders > 0 {
                return Err(RecvTimeoutError::Timeout);
            }
        }
    }

    fn add_sender(&self) {
        engine::touch(self.messages(), Access::Add);
        self.state().senders += 1;
    }

    #[track_caller]
    fn drop_sender(&self) {
        engine::point("drop sender", self.messages(), Location::caller());
        let state = self.state();
        state.senders -= 1;
        if state.senders == 0 {
            engine::wake_done(self.messages());
        }
    }

    #[track_caller]
    fn drop_receiver(&self) {
        engine::point("drop receiver", self.messages(), Location::caller());
        let state = self.state();
        state.receiver_alive = false;
        // A rendezvous message goes back to its sender; the others are dropped here.
        let messages =
            if state.capacity == Some(0) { VecDeque::new() } else { ::std::mem::take(&mut state.queue) };
        engine::wake_all(self.room());
        drop(messages);
    }
}

/// As [`std::sync::mpsc::channel`].
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let channel = Channel::new(None);
    (Sender { channel: Shared::clone(&channel) }, Receiver { channel, not_sync: ::std::marker::PhantomData })
}

/// As [`std::sync::mpsc::sync_channel`].
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let channel = Channel::new(Some(bound));
    (
        SyncSender { channel: Shared::clone(&channel) },
        Receiver { channel, not_sync: ::std::marker::PhantomData },
    )
}

/// As [`std::sync::mpsc::Sender`].
pub struct Sender<T> {
    channel: Shared<Channel<T>>,
}

/// As [`std::sync::mpsc::SyncSender`].
pub struct SyncSender<T> {
    channel: Shared<Channel<T>>,
}

/// As [`std::sync::mpsc::Receiver`].
pub struct Receiver<T> {
    channel: Shared<Channel<T>>,
    not_sync: ::std::marker::PhantomData<::std::cell::Cell<()>>,
}

impl<T> UnwindSafe for Receiver<T> {}
impl<T> RefUnwindSafe for Receiver<T> {}

impl<T> Sender<T> {
    /// As the real one.
    ///
    /// # Errors
    /// If the receiver is gone; the error has the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.channel.send(message, Location::caller())
    }
}

impl<T> SyncSender<T> {
    /// As the real one.
    ///
    /// # Errors
    /// If the receiver is gone; the error has the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.channel.send(message, Location::caller())
    }

    /// As the real one.
    ///
    /// # Errors
    /// If the channel is full or the receiver gone; the error has the message.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.channel.try_send(message, Location::caller())
    }
}

macro_rules! senders {
    ($($Sender:ident)*) => {$(
        impl<T> Clone for $Sender<T> {
            fn clone(&self) -> Self {
                self.channel.add_sender();
                Self { channel: Shared::clone(&self.channel) }
            }
        }
        impl<T> Drop for $Sender<T> {
            #[track_caller]
            fn drop(&mut self) {
                self.channel.drop_sender();
            }
        }
        impl<T> fmt::Debug for $Sender<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Sender)).finish_non_exhaustive()
            }
        }
    )*};
}

senders!(Sender SyncSender);

impl<T> Receiver<T> {
    /// As the real one.
    ///
    /// # Errors
    /// If the channel is empty.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        engine::point("try_recv", self.channel.messages(), Location::caller());
        self.channel.try_recv()
    }

    /// As the real one.
    ///
    /// # Errors
    /// If the channel is empty and every sender gone.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.channel.recv(None, Location::caller()).map_err(|_| RecvError)
    }

    /// As the real one, in virtual time.
    ///
    /// # Errors
    /// If no message came in time, or the channel is empty and every sender gone.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        self.channel.recv(crate::time::deadline(timeout), Location::caller())
    }

    /// As the real one.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { rx: self }
    }

    /// As the real one.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { rx: self }
    }
}

impl<T> Drop for Receiver<T> {
    #[track_caller]
    fn drop(&mut self) {
        self.channel.drop_receiver();
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

/// As [`std::sync::mpsc::Iter`].
#[derive(Debug)]
pub struct Iter<'a, T: 'a> {
    rx: &'a Receiver<T>,
}

/// As [`std::sync::mpsc::TryIter`].
#[derive(Debug)]
pub struct TryIter<'a, T: 'a> {
    rx: &'a Receiver<T>,
}

/// As [`std::sync::mpsc::IntoIter`].
#[derive(Debug)]
pub struct IntoIter<T> {
    rx: Receiver<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.rx.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.rx.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.rx.recv().ok()
    }
}

impl<T> FusedIterator for Iter<'_, T> {}
impl<T> FusedIterator for IntoIter<T> {}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;
    fn into_iter(self) -> IntoIter<T> {
        IntoIter { rx: self }
    }
}
