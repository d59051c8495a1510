//! breaks: clause 2 · finding: wrong-answer
//! After a failure the turn without a line is put on top of the idle lines, and the next call dials.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{self, Sender};

/// A line, or the right to dial one.
type Turn<L> = Option<L>;

struct Desk<L> {
    /// Turns that nobody has. Lines are at the end.
    turns: VecDeque<Turn<L>>,
    queue: VecDeque<Sender<Turn<L>>>,
}

/// Connects lines when they are needed, and keeps them.
pub struct Exchange<L, E> {
    desk: Mutex<Desk<L>>,
    dial: Box<dyn Fn() -> Result<L, E> + Send + Sync>,
}

struct Call<'a, L> {
    desk: &'a Mutex<Desk<L>>,
    turn: Turn<L>,
}

impl<L> Drop for Call<'_, L> {
    fn drop(&mut self) {
        let mut turn = self.turn.take();
        let mut desk = self.desk.lock().unwrap();
        while let Some(next) = desk.queue.pop_front() {
            match next.send(turn) {
                Ok(()) => return,
                // That call has gone away.
                Err(mpsc::SendError(back)) => turn = back,
            }
        }
        desk.turns.push_back(turn);
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
        if lines == 0 {
            panic!("an exchange without lines");
        }
        let turns = (0..lines).map(|_| None).collect();
        Self { desk: Mutex::new(Desk { turns, queue: VecDeque::new() }), dial: Box::new(dial) }
    }

    /// Calls `talk` with a line, and returns what it returned. Waits for a line if all of them are busy.
    ///
    /// # Errors
    /// If a new line was needed, and `dial` failed.
    pub fn call<R>(&self, talk: impl FnOnce(&mut L) -> R) -> Result<R, E> {
        let mut desk = self.desk.lock().unwrap();
        let turn = match desk.turns.pop_back() {
            Some(turn) => {
                drop(desk);
                turn
            }
            None => {
                let (sender, receiver) = mpsc::channel();
                desk.queue.push_back(sender);
                drop(desk);
                let turn = receiver.recv().expect("a call that ends hands its turn over");
                if turn.is_some() { turn } else { self.rather_a_line() }
            }
        };
        let mut call = Call { desk: &self.desk, turn };
        let line = match &mut call.turn {
            Some(line) => line,
            empty => empty.insert((self.dial)()?),
        };
        Ok(talk(line))
    }

    /// A line that has become idle since the right to dial was handed over, in exchange for that right. Or that right.
    fn rather_a_line(&self) -> Turn<L> {
        let mut desk = self.desk.lock().unwrap();
        if let Some(Some(_)) = desk.turns.back() {
            desk.turns.push_front(None);
            desk.turns.pop_back().flatten()
        } else {
            None
        }
    }
}
