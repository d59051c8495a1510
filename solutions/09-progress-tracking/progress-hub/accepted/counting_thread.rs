//! accepted: a thread counts what it is sent, and answers with snapshots; the reporter is a second one

use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How far it has come at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// How many items there are.
    pub total: usize,
    /// How many ended well.
    pub done: usize,
    /// How many failed.
    pub failed: usize,
}

/// Counts items.
#[derive(Debug)]
pub struct Tracker {
    messages: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Message {
    Add(usize),
    Done,
    Failed,
    Ask(Sender<Snapshot>),
}

impl Tracker {
    /// A tracker of `total` items.
    pub fn new(total: usize) -> Self {
        let (sender, messages) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut counts = Snapshot { total, done: 0, failed: 0 };
            for message in messages {
                match message {
                    Message::Add(more) => counts.total += more,
                    Message::Done => counts.done += 1,
                    Message::Failed => counts.failed += 1,
                    Message::Ask(reply) => reply.send(counts).unwrap(),
                }
            }
        });
        Self { messages: Some(sender), thread: Some(thread) }
    }

    fn send(&self, message: Message) {
        self.messages.as_ref().unwrap().send(message).unwrap();
    }

    /// There are `more` items.
    pub fn add(&self, more: usize) {
        self.send(Message::Add(more));
    }

    /// One item ended well.
    pub fn done(&self) {
        self.send(Message::Done);
    }

    /// One item failed.
    pub fn failed(&self) {
        self.send(Message::Failed);
    }

    /// How far it has come.
    pub fn snapshot(&self) -> Snapshot {
        // Comes behind all updates that were sent before.
        let (reply, answer) = mpsc::channel();
        self.send(Message::Ask(reply));
        answer.recv().unwrap()
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        self.messages = None;
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Reports from a thread of its own.
#[derive(Debug)]
pub struct Reporter {
    /// Nothing is ever sent: the end is that it is gone.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to call `report` once in `interval`.
    pub fn start<F>(tracker: &Arc<Tracker>, interval: Duration, mut report: F) -> Self
    where
        F: FnMut(Snapshot) + Send + 'static,
    {
        assert!(!interval.is_zero(), "a reporter needs an interval");
        let (running, end) = mpsc::channel();
        let tracker = Arc::clone(tracker);
        let thread = thread::spawn(move || {
            while end.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                report(tracker.snapshot());
            }
            report(tracker.snapshot());
        });
        Self { running: Some(running), thread: Some(thread) }
    }

    fn end(&mut self) -> thread::Result<()> {
        self.running = None;
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }

    /// Has a last report made, and waits for it.
    pub fn finish(mut self) {
        if let Err(payload) = self.end() {
            panic::resume_unwind(payload);
        }
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
