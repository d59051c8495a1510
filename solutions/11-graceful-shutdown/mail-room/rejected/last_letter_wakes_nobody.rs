//! breaks: clause 1 · finding: deadlock
//! Only `close` wakes the sorters, and at that moment letters are still open.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

struct State<L> {
    queue: VecDeque<L>,
    /// How many letters have been posted and not been worked on.
    open: usize,
    closed: bool,
    count: usize,
    first: Option<Box<dyn Any + Send>>,
}

/// What the room, its sorters and its outboxes share.
struct Shared<L> {
    state: Mutex<State<L>>,
    /// Notified when a letter comes, and at the end.
    changed: Condvar,
}

/// Where a sorter posts the answers to a letter.
pub struct Outbox<L>(Arc<Shared<L>>);

impl<L> Outbox<L> {
    /// Puts an answer into the queue of the room. Does not wait.
    pub fn post(&self, letter: L) {
        let mut state = self.0.state.lock().unwrap();
        state.queue.push_back(letter);
        state.open += 1;
        self.0.changed.notify_one();
    }
}

/// Sorters on one queue, until the room is closed.
pub struct MailRoom<L: Send + 'static> {
    slot: Outbox<L>,
    sorters: Vec<JoinHandle<()>>,
}

impl<L: Send + 'static> MailRoom<L> {
    /// Opens a room with so many sorters. Each letter is given to `work` on one of them.
    ///
    /// # Panics
    /// If `sorters` is 0.
    pub fn open(sorters: usize, work: impl Fn(L, &Outbox<L>) + Send + Sync + 'static) -> Self {
        assert!(sorters > 0, "a mail room needs at least one sorter");
        let state = State { queue: VecDeque::new(), open: 0, closed: false, count: 0, first: None };
        let (shared, work) =
            (Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() }), Arc::new(work));
        let start = |_| {
            let (outbox, work) = (Outbox(Arc::clone(&shared)), Arc::clone(&work));
            thread::spawn(move || sort(&outbox, &*work))
        };
        let sorters = (0..sorters).map(start).collect();
        Self { slot: Outbox(shared), sorters }
    }

    /// Puts a letter into the queue. Does not wait.
    pub fn post(&self, letter: L) {
        self.slot.post(letter);
    }

    /// Closes the room. Returns how many letters were worked on.
    ///
    /// # Panics
    /// With the payload of a letter that panicked.
    pub fn close(mut self) -> usize {
        self.end();
        let mut state = self.slot.0.state.lock().unwrap();
        let (count, first) = (state.count, state.first.take());
        drop(state);
        if let Some(payload) = first {
            resume_unwind(payload);
        }
        count
    }

    /// Says that it is closing time, and waits for the sorters.
    fn end(&mut self) {
        self.slot.0.state.lock().unwrap().closed = true;
        self.slot.0.changed.notify_all();
        for sorter in self.sorters.drain(..) {
            sorter.join().expect("a sorter catches the panics of letters");
        }
    }
}

impl<L: Send + 'static> Drop for MailRoom<L> {
    /// Closes the room.
    fn drop(&mut self) {
        self.end();
    }
}

/// What a sorter does all day.
fn sort<L>(outbox: &Outbox<L>, work: &impl Fn(L, &Outbox<L>)) {
    let Shared { state, changed } = &*outbox.0;
    loop {
        let waits = |state: &mut State<L>| state.queue.is_empty() && !(state.closed && state.open == 0);
        let mut guard = changed.wait_while(state.lock().unwrap(), waits).unwrap();
        let Some(letter) = guard.queue.pop_front() else { break };
        drop(guard);
        let ended = catch_unwind(AssertUnwindSafe(|| work(letter, outbox)));
        let mut guard = state.lock().unwrap();
        guard.open -= 1;
        guard.count += 1;
        if let Err(payload) = ended {
            guard.first.get_or_insert(payload);
        }
    }
}
