//! breaks: clause 9 · finding: wrong-answer
//! What the handler pushed in a call that panics is never handled.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub size: usize,
    pub age: Duration,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<E> {
    Stored,
    Failed(E),
    Panicked,
    NeverTried,
}

struct Item<T, E> {
    item: T,
    number: u64,
    own: bool,
    due: Option<Instant>,
    tell: Sender<Outcome<E>>,
}

struct State<T, E> {
    waiting: VecDeque<Item<T, E>>,
    accepted: u64,
    handled: u64,
    flush: u64,
    closed: bool,
    given_up: bool,
}

struct Shared<T, E> {
    state: Mutex<State<T, E>>,
    work: Condvar,
    room: Condvar,
    progress: Condvar,
    options: Options,
}

pub struct Batcher<T, E> {
    shared: Arc<Shared<T, E>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    id: ThreadId,
}

impl<T, E> std::fmt::Debug for Batcher<T, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Batcher")
    }
}

pub struct Receipt<E> {
    outcome: Receiver<Outcome<E>>,
}

impl<E> std::fmt::Debug for Receipt<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receipt")
    }
}

fn serve<T, E: Clone, H>(shared: &Shared<T, E>, mut handler: H)
where
    H: FnMut(Vec<T>) -> Result<(), E>,
{
    let size = shared.options.size;
    loop {
        let mut state = shared.state.lock().unwrap();
        let batch: Vec<Item<T, E>> = loop {
            if state.given_up {
                let rest = std::mem::take(&mut state.waiting);
                drop(state);
                for item in rest {
                    let _ = catch_unwind(AssertUnwindSafe(move || drop(item)));
                }
                return;
            }
            let now = Instant::now();
            let Some(first) = state.waiting.front() else {
                if state.closed {
                    return;
                }
                state = shared.work.wait(state).unwrap();
                continue;
            };
            let due = first.due;
            if state.waiting.len() >= size
                || state.closed
                || first.number < state.flush
                || due.is_some_and(|due| due <= now)
            {
                let count = state.waiting.len().min(size);
                break state.waiting.drain(..count).collect();
            }
            state = match due {
                None => shared.work.wait(state).unwrap(),
                Some(due) => shared.work.wait_timeout(state, due - now).unwrap().0,
            };
        };
        drop(state);
        let mut items = Vec::new();
        let mut tells = Vec::new();
        for Item { item, tell, .. } in batch {
            items.push(item);
            tells.push(tell);
        }
        let outcome = match catch_unwind(AssertUnwindSafe(|| handler(items))) {
            Ok(Ok(())) => Outcome::Stored,
            Ok(Err(error)) => Outcome::Failed(error),
            Err(payload) => {
                let _ = catch_unwind(AssertUnwindSafe(move || drop(payload)));
                let mut state = shared.state.lock().unwrap();
                let mut lost = Vec::new();
                while state.waiting.back().is_some_and(|item| item.own) {
                    lost.extend(state.waiting.pop_back());
                    state.handled += 1;
                }
                drop(state);
                for item in lost {
                    let _ = item.tell.send(Outcome::Panicked);
                }
                Outcome::Panicked
            }
        };
        let count = tells.len() as u64;
        for tell in tells {
            let _ = tell.send(outcome.clone());
        }
        let mut state = shared.state.lock().unwrap();
        state.handled += count;
        drop(state);
        shared.room.notify_all();
        shared.progress.notify_all();
    }
}

impl<T: Send + 'static, E: Clone + Send + 'static> Batcher<T, E> {
    pub fn new<H>(options: Options, handler: H) -> Self
    where
        H: FnMut(Vec<T>) -> Result<(), E> + Send + 'static,
    {
        assert!(
            options.size > 0 && options.limit >= options.size,
            "size {} and limit {}",
            options.size,
            options.limit
        );
        let state = State {
            waiting: VecDeque::new(),
            accepted: 0,
            handled: 0,
            flush: 0,
            closed: false,
            given_up: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            work: Condvar::new(),
            room: Condvar::new(),
            progress: Condvar::new(),
            options,
        });
        let mine = Arc::clone(&shared);
        let thread = thread::spawn(move || serve(&mine, handler));
        let id = thread.thread().id();
        Self { shared, thread: Mutex::new(Some(thread)), id }
    }

    pub fn push(&self, item: T) -> Result<Receipt<E>, T> {
        let Options { age, limit, .. } = self.shared.options;
        let mut state = self.shared.state.lock().unwrap();
        while !state.closed
            && state.accepted - state.handled >= limit as u64
            && thread::current().id() != self.id
        {
            state = self.shared.room.wait(state).unwrap();
        }
        if state.closed {
            return Err(item);
        }
        let due = Instant::now().checked_add(age);
        let (tell, outcome) = channel();
        let number = state.accepted;
        state.accepted += 1;
        state.waiting.push_back(Item { item, number, own: thread::current().id() == self.id, due, tell });
        drop(state);
        self.shared.work.notify_one();
        Ok(Receipt { outcome })
    }

    pub fn flush(&self) {
        let mut state = self.shared.state.lock().unwrap();
        let mark = state.accepted;
        state.flush = mark;
        self.shared.work.notify_one();
        if thread::current().id() == self.id {
            return;
        }
        while state.handled < mark {
            state = self.shared.progress.wait(state).unwrap();
        }
    }

    pub fn close(&self) {
        self.shared.state.lock().unwrap().closed = true;
        self.shared.work.notify_one();
        self.shared.room.notify_all();
        if thread::current().id() == self.id {
            return;
        }
        let mut thread = self.thread.lock().unwrap();
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }
}

impl<T, E> Drop for Batcher<T, E> {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap();
        if !state.closed {
            state.given_up = true;
        }
        drop(state);
        self.shared.work.notify_one();
        if thread::current().id() == self.id {
            return;
        }
        if let Some(thread) = self.thread.lock().unwrap().take() {
            let _ = thread.join();
        }
    }
}

impl<E> Receipt<E> {
    pub fn wait(self) -> Outcome<E> {
        self.outcome.recv().unwrap_or(Outcome::NeverTried)
    }
}
