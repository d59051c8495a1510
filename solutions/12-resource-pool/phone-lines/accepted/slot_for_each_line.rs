//! accepted: a slot for each line: empty, idle or in use
//! for when the office wants to see what each of its lines is doing.

use std::mem;
use std::sync::{Condvar, Mutex};

type Dial<L, E> = Box<dyn Fn() -> Result<L, E> + Send + Sync>;

enum Slot<L> {
    Empty,
    Idle(L),
    InUse,
}

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    dial: Dial<L, E>,
    slots: Mutex<Vec<Slot<L>>>,
    freed: Condvar,
}

struct Call<'a, L, E> {
    exchange: &'a Exchange<L, E>,
    slot: usize,
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
        let slots = (0..lines).map(|_| Slot::Empty).collect();
        Self { dial: Box::new(dial), slots: Mutex::new(slots), freed: Condvar::new() }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let mut call = self.begin();
        if call.line.is_none() {
            call.line = Some((self.dial)()?);
        }
        Ok(talk(call.line.as_mut().expect("idle or new")))
    }

    fn begin(&self) -> Call<'_, L, E> {
        let slots = self.slots.lock().unwrap();
        let all_in_use = |slots: &mut Vec<Slot<L>>| slots.iter().all(|slot| matches!(slot, Slot::InUse));
        let mut slots = self.freed.wait_while(slots, all_in_use).unwrap();
        let idle = slots.iter().position(|slot| matches!(slot, Slot::Idle(_)));
        let empty = || slots.iter().position(|slot| matches!(slot, Slot::Empty));
        let slot = idle.or_else(empty).expect("not all are in use");
        let line = match mem::replace(&mut slots[slot], Slot::InUse) {
            Slot::Idle(line) => Some(line),
            Slot::Empty | Slot::InUse => None,
        };
        Call { exchange: self, slot, line }
    }
}

impl<L, E> Drop for Call<'_, L, E> {
    fn drop(&mut self) {
        let mut slots = self.exchange.slots.lock().unwrap();
        slots[self.slot] = self.line.take().map_or(Slot::Empty, Slot::Idle);
        self.exchange.freed.notify_one();
    }
}
