//! breaks: clause 1 · finding: too-late
//! All exchanges have one list of waiting calls, and the end of a call wakes one of them.

use std::sync::{Condvar, Mutex};

struct State<L> {
    /// Lines that are connected, and that nobody talks on.
    idle: Vec<L>,
    /// How many calls are under way.
    under_way: usize,
}

/// Rings when somebody hangs up.
static HUNG_UP: (Mutex<u64>, Condvar) = (Mutex::new(0), Condvar::new());

type Dial<L, E> = Box<dyn Fn() -> Result<L, E> + Send + Sync>;

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    lines: usize,
    dial: Dial<L, E>,
    state: Mutex<State<L>>,
}

/// A call that is under way, with its line when it has one. When it ends, in whatever way, the line is idle.
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
        let state = Mutex::new(State { idle: Vec::new(), under_way: 0 });
        Self { lines, dial: Box::new(dial), state }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let mut call = self.begin();
        if call.line.is_none() {
            // Without the lock, and with a place that is kept.
            call.line = Some((self.dial)()?);
        }
        let line = call.line.as_mut().expect("it has been dialled");
        Ok(talk(line))
    }

    fn begin(&self) -> Call<'_, L, E> {
        let (rings, hung_up) = &HUNG_UP;
        let mut ring = rings.lock().unwrap();
        let mut state = self.state.lock().unwrap();
        while state.under_way == self.lines {
            drop(state);
            ring = hung_up.wait(ring).unwrap();
            state = self.state.lock().unwrap();
        }
        state.under_way += 1;
        let line = state.idle.pop();
        Call { exchange: self, line }
    }
}

impl<L, E> Drop for Call<'_, L, E> {
    fn drop(&mut self) {
        let mut state = self.exchange.state.lock().unwrap();
        state.idle.extend(self.line.take());
        state.under_way -= 1;
        drop(state);
        *HUNG_UP.0.lock().unwrap() += 1;
        HUNG_UP.1.notify_one();
    }
}
