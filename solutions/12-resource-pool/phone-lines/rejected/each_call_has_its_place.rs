//! breaks: clause 3 · finding: too-late
//! Calls take the places in turn, and each waits for its own, although another one is free.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

enum Place<L> {
    /// Nobody has dialled yet, or it has failed.
    Empty,
    Connected(L),
    Out,
}

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    dial: Box<dyn Fn() -> Result<L, E> + Send + Sync>,
    places: Mutex<Vec<Place<L>>>,
    calls: AtomicUsize,
    returned: Condvar,
}

/// Puts the place back.
struct Return<'a, L, E> {
    exchange: &'a Exchange<L, E>,
    number: usize,
    place: Place<L>,
}

impl<L, E> Drop for Return<'_, L, E> {
    fn drop(&mut self) {
        self.exchange.places()[self.number] = std::mem::replace(&mut self.place, Place::Out);
        self.exchange.returned.notify_all();
    }
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
        assert!(lines != 0, "no lines");
        let places = (0..lines).map(|_| Place::Empty).collect();
        Self {
            dial: Box::new(dial),
            places: Mutex::new(places),
            calls: AtomicUsize::new(0),
            returned: Condvar::new(),
        }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let mut out = self.take();
        if let Place::Empty = out.place {
            out.place = Place::Connected((self.dial)()?);
        }
        match &mut out.place {
            Place::Connected(line) => Ok(talk(line)),
            Place::Empty | Place::Out => unreachable!("it is connected"),
        }
    }

    fn places(&self) -> MutexGuard<'_, Vec<Place<L>>> {
        self.places.lock().unwrap()
    }

    fn take(&self) -> Return<'_, L, E> {
        let mut places = self.places();
        let connected = places.iter().position(|place| matches!(place, Place::Connected(_)));
        let empty = places.iter().position(|place| matches!(place, Place::Empty));
        let turn = || self.calls.fetch_add(1, Ordering::SeqCst) % places.len();
        let number = connected.or(empty).unwrap_or_else(turn);
        loop {
            if !matches!(places[number], Place::Out) {
                let place = std::mem::replace(&mut places[number], Place::Out);
                return Return { exchange: self, number, place };
            }
            places = self.returned.wait(places).unwrap();
        }
    }
}
