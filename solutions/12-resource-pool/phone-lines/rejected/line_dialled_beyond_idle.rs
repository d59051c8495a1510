//! breaks: clause 2 · finding: race
//! A call that has waited dials if there is room for another line, even if a line is idle.
use std::sync::{Condvar, Mutex};

struct State<L> {
    idle: Vec<L>,
    existing: usize,
}

type Dial<L, E> = Box<dyn Fn() -> Result<L, E> + Send + Sync>;

pub struct Exchange<L, E> {
    lines: usize,
    dial: Dial<L, E>,
    state: Mutex<State<L>>,
    hung_up: Condvar,
}

/// A place in the exchange, with or without a line.
struct Busy<'a, L, E> {
    exchange: &'a Exchange<L, E>,
    line: Option<L>,
}

impl<L, E> Exchange<L, E> {
    pub fn new<D>(lines: usize, dial: D) -> Self
    where
        D: Fn() -> Result<L, E> + Send + Sync + 'static,
    {
        assert!(lines > 0, "an exchange needs at least one line");
        let state = Mutex::new(State { idle: Vec::new(), existing: 0 });
        Self { lines, dial: Box::new(dial), state, hung_up: Condvar::new() }
    }

    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let mut busy = self.line()?;
        Ok(talk(busy.line.as_mut().unwrap()))
    }

    fn line(&self) -> Result<Busy<'_, L, E>, E> {
        let mut state = self.state.lock().unwrap();
        let mut waited = false;
        while state.idle.is_empty() && state.existing == self.lines {
            state = self.hung_up.wait(state).unwrap();
            waited = true;
        }
        if waited && state.existing < self.lines {
            // Room for another line.
        } else if let Some(line) = state.idle.pop() {
            return Ok(Busy { exchange: self, line: Some(line) });
        }
        state.existing += 1;
        drop(state);
        let mut busy = Busy { exchange: self, line: None };
        busy.line = Some((self.dial)()?);
        Ok(busy)
    }
}

impl<L, E> Drop for Busy<'_, L, E> {
    fn drop(&mut self) {
        let mut state = self.exchange.state.lock().unwrap();
        match self.line.take() {
            Some(line) => state.idle.push(line),
            None => state.existing -= 1,
        }
        self.exchange.hung_up.notify_one();
    }
}
