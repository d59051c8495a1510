//! accepted: the exchange counts the calls under way, not the lines
//! for when a call that waits should look at one number only.

use std::sync::{Condvar, Mutex};

type Dial<L, E> = Box<dyn Fn() -> Result<L, E> + Send + Sync>;

struct State<L> {
    idle: Vec<L>,
    under_way: usize,
}

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    lines: usize,
    dial: Dial<L, E>,
    state: Mutex<State<L>>,
    ended: Condvar,
}

/// A call that is under way, with its line as soon as it has one.
struct Call<'a, L, E>(&'a Exchange<L, E>, Option<L>);

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
        let state = Mutex::new(State { idle: Vec::new(), under_way: 0 });
        Self { lines, dial: Box::new(dial), state, ended: Condvar::new() }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let state = self.state.lock().unwrap();
        let mut state = self.ended.wait_while(state, |state| state.under_way == self.lines).unwrap();
        state.under_way += 1;
        let idle = state.idle.pop();
        drop(state);
        let mut call = Call(self, idle);
        let line = match &mut call.1 {
            Some(line) => line,
            none => none.insert((self.dial)()?),
        };
        Ok(talk(line))
    }
}

impl<L, E> Drop for Call<'_, L, E> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap();
        state.under_way -= 1;
        state.idle.extend(self.1.take());
        self.0.ended.notify_one();
    }
}
