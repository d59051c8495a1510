//! breaks: clause 6 · finding: leaked-thread
//! `close` waits until the last sorter says that it goes, and a thread that says so has not ended yet.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

type Work<L> = Box<dyn Fn(L, &Outbox<L>) + Send + Sync>;

struct State<L> {
    letters: VecDeque<L>,
    here: usize,
    count: usize,
    payload: Option<Box<dyn Any + Send>>,
}

struct Inside<L> {
    sorters: usize,
    work: Work<L>,
    state: Mutex<State<L>>,
    nobody: Condvar,
    /// Starts a sorter. It knows that `L` may be sent, which the outbox does not.
    start: fn(Arc<Inside<L>>) -> JoinHandle<()>,
}

/// Where a sorter posts the answers to a letter.
pub struct Outbox<L>(Arc<Inside<L>>);

impl<L> Outbox<L> {
    /// Puts an answer into the queue of the room. Does not wait.
    pub fn post(&self, letter: L) {
        let inside = &self.0;
        let mut state = inside.state.lock().unwrap();
        state.letters.push_back(letter);
        state.count += 1;
        if state.here < inside.sorters {
            state.here += 1;
            (inside.start)(Arc::clone(inside));
        }
    }
}

fn sort<L>(inside: Arc<Inside<L>>) {
    let outbox = Outbox(inside);
    let inside = &*outbox.0;
    let mut state = inside.state.lock().unwrap();
    while let Some(letter) = state.letters.pop_front() {
        drop(state);
        let result = catch_unwind(AssertUnwindSafe(|| (inside.work)(letter, &outbox)));
        state = inside.state.lock().unwrap();
        if let Err(payload) = result {
            let former = state.payload.replace(payload);
            drop(state);
            drop(former);
            state = inside.state.lock().unwrap();
        }
    }
    state.here -= 1;
    if state.here == 0 {
        inside.nobody.notify_all();
    }
}

/// Sorters on one queue, until the room is closed.
pub struct MailRoom<L: Send + 'static> {
    outbox: Outbox<L>,
}

impl<L: Send + 'static> MailRoom<L> {
    /// Opens a room with so many sorters. Each letter is given to `work` on one of them.
    ///
    /// # Panics
    /// If `sorters` is 0.
    pub fn open(sorters: usize, work: impl Fn(L, &Outbox<L>) + Send + Sync + 'static) -> Self {
        assert!(sorters > 0, "{sorters} sorters");
        let state = State { letters: VecDeque::new(), here: 0, count: 0, payload: None };
        Self {
            outbox: Outbox(Arc::new(Inside {
                sorters,
                work: Box::new(work),
                state: Mutex::new(state),
                nobody: Condvar::new(),
                start: |inside| thread::spawn(|| sort(inside)),
            })),
        }
    }

    /// Puts a letter into the queue. Does not wait.
    pub fn post(&self, letter: L) {
        self.outbox.post(letter);
    }

    /// Closes the room. Returns how many letters were worked on.
    ///
    /// # Panics
    /// With the payload of a letter that panicked.
    pub fn close(self) -> usize {
        self.end();
        let mut state = self.outbox.0.state.lock().unwrap();
        let (count, payload) = (state.count, state.payload.take());
        drop(state);
        if let Some(payload) = payload {
            resume_unwind(payload);
        }
        count
    }

    fn end(&self) {
        let inside = &self.outbox.0;
        let state = inside.state.lock().unwrap();
        drop(inside.nobody.wait_while(state, |state| state.here > 0).unwrap());
    }
}

impl<L: Send + 'static> Drop for MailRoom<L> {
    /// Closes the room.
    fn drop(&mut self) {
        self.end();
    }
}
