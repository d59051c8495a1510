//! breaks: clause 3 · finding: sequential
//! An exchange never uses more than 16 lines, whatever it was made with.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex};

struct State<L> {
    /// Lines that are connected, and that nobody talks on.
    idle: Vec<L>,
    /// How many lines have been dialled.
    dialled: usize,
}

type Dial<L, E> = Box<dyn Fn() -> Result<L, E> + Send + Sync>;

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    lines: usize,
    dial: Dial<L, E>,
    state: Mutex<State<L>>,
    hung_up: Condvar,
}

/// A line on which somebody talks. It is idle again when the talk ends, in whatever way.
struct Busy<'a, L, E> {
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
        let state = Mutex::new(State { idle: Vec::new(), dialled: 0 });
        Self { lines: lines.min(16), dial: Box::new(dial), state, hung_up: Condvar::new() }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let mut line = self.line()?;
        Ok(talk(&mut line))
    }

    fn line(&self) -> Result<Busy<'_, L, E>, E> {
        let mut state = self.state.lock().unwrap();
        while state.idle.is_empty() && state.dialled == self.lines {
            state = self.hung_up.wait(state).unwrap();
        }
        // The guard stands for the place from here on, with or without a line.
        let mut busy = Busy { exchange: self, line: state.idle.pop() };
        if busy.line.is_none() {
            // Counted first, so that there is never one line too many.
            state.dialled += 1;
            drop(state);
            busy.line = Some((self.dial)()?);
        }
        Ok(busy)
    }
}

impl<L, E> Deref for Busy<'_, L, E> {
    type Target = L;

    fn deref(&self) -> &L {
        self.line.as_ref().unwrap()
    }
}

impl<L, E> DerefMut for Busy<'_, L, E> {
    fn deref_mut(&mut self) -> &mut L {
        self.line.as_mut().unwrap()
    }
}

impl<L, E> Drop for Busy<'_, L, E> {
    fn drop(&mut self) {
        let mut state = self.exchange.state.lock().unwrap();
        match self.line.take() {
            Some(line) => state.idle.push(line),
            // The dialling failed or panicked.
            None => state.dialled -= 1,
        }
        self.exchange.hung_up.notify_one();
    }
}
