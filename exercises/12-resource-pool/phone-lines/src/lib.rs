//! The phone lines of a taxi office: a few of them, for all who want to call out.

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
        Self { lines, dial: Box::new(dial), state, hung_up: Condvar::new() }
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
        if state.idle.is_empty() {
            // Counted first, so that there is never one line too many.
            state.dialled += 1;
            let line = (self.dial)()?;
            state.idle.push(line);
        }
        let line = state.idle.pop();
        Ok(Busy { exchange: self, line })
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
        state.idle.extend(self.line.take());
        self.exchange.hung_up.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Ines's test.
    #[test]
    fn ten_calls_on_two_lines() {
        let dialled = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&dialled);
        let exchange = Exchange::new(2, move || Ok::<_, String>(counted.fetch_add(1, Ordering::SeqCst)));
        for number in 0..10 {
            assert_eq!(exchange.call(|line| (*line, number)), Ok((0, number)));
        }
        assert_eq!(dialled.load(Ordering::SeqCst), 1);
    }
}
