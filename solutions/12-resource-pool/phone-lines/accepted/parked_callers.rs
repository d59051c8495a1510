//! accepted: callers that wait are in a list, and each end unparks one of them
//! for when the calls should be served in the order in which they came.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::thread::{self, Thread};

type Dial<L, E> = Box<dyn Fn() -> Result<L, E> + Send + Sync>;

struct State<L> {
    idle: Vec<L>,
    under_way: usize,
    waiting: VecDeque<Thread>,
}

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    lines: usize,
    dial: Dial<L, E>,
    state: Mutex<State<L>>,
}

struct Call<'a, L, E> {
    exchange: &'a Exchange<L, E>,
    line: Option<L>,
}

impl<L, E> Exchange<L, E> {
    /// An exchange with so many lines. None of them is connected yet: `dial` connects one.
    ///
    /// # Panics
    /// If `lines` is 0.
    pub fn new<D>(lines: usize, dial: D) -> Self
    where
        D: Fn() -> Result<L, E> + Send + Sync + 'static,
    {
        assert!(lines > 0, "an exchange needs at least one line");
        let state = State { idle: Vec::new(), under_way: 0, waiting: VecDeque::new() };
        Self { lines, dial: Box::new(dial), state: Mutex::new(state) }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let mut state = self.state.lock().unwrap();
        while state.under_way == self.lines {
            // Again after each wake that was in vain: an end takes one thread out of the list.
            state.waiting.push_back(thread::current());
            drop(state);
            thread::park();
            state = self.state.lock().unwrap();
            let me = thread::current().id();
            state.waiting.retain(|thread| thread.id() != me);
        }
        state.under_way += 1;
        let mut call = Call { exchange: self, line: state.idle.pop() };
        drop(state);
        if call.line.is_none() {
            call.line = Some((self.dial)()?);
        }
        Ok(talk(call.line.as_mut().expect("idle or new")))
    }
}

impl<L, E> Drop for Call<'_, L, E> {
    fn drop(&mut self) {
        let mut state = self.exchange.state.lock().unwrap();
        state.under_way -= 1;
        state.idle.extend(self.line.take());
        if let Some(next) = state.waiting.pop_front() {
            next.unpark();
        }
    }
}
