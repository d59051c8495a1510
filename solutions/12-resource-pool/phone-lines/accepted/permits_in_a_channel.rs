//! accepted: a channel holds a permit for each line that is not in use, and a list the idle lines
//! for when the waiting should be somebody else's: a crossbeam channel has it already.

use std::sync::Mutex;

use crossbeam::channel::{self, Receiver, Sender};

type Dial<L, E> = Box<dyn Fn() -> Result<L, E> + Send + Sync>;

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    dial: Dial<L, E>,
    idle: Mutex<Vec<L>>,
    permits: (Sender<()>, Receiver<()>),
}

/// A call that is under way.
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
        let permits = channel::bounded(lines);
        (0..lines).for_each(|_| permits.0.send(()).expect("there is room, and a receiver"));
        Self { dial: Box::new(dial), idle: Mutex::default(), permits }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        self.permits.1.recv().expect("there is a sender");
        let mut call = Call { exchange: self, line: None };
        call.line = self.idle.lock().unwrap().pop();
        if call.line.is_none() {
            call.line = Some((self.dial)()?);
        }
        Ok(talk(call.line.as_mut().expect("idle or new")))
    }
}

impl<L, E> Drop for Call<'_, L, E> {
    fn drop(&mut self) {
        // The line first: whoever has a permit has to find it.
        self.exchange.idle.lock().unwrap().extend(self.line.take());
        self.exchange.permits.0.send(()).expect("there is a receiver");
    }
}
