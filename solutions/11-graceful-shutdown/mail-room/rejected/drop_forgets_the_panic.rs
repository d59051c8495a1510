//! breaks: clause 6 · finding: wrong-answer
//! The drop does not pass a panic on, and never drops its payload either.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// A letter, and the way on which its answers come into the queue.
struct Posted<L>(L, Outbox<L>);

/// Where a sorter posts the answers to a letter.
pub struct Outbox<L>(Sender<Posted<L>>);

impl<L> Outbox<L> {
    /// Puts an answer into the queue of the room. Does not wait.
    pub fn post(&self, letter: L) {
        let _ = self.0.send(Posted(letter, Outbox(self.0.clone())));
    }
}

/// A sorter returns how many letters it has worked on, and the first panic that it has met.
type Sorted = (usize, Option<Box<dyn Any + Send>>);

/// Sorters on one queue, until the room is closed.
pub struct MailRoom<L: Send + 'static> {
    letters: Option<Outbox<L>>,
    sorters: Vec<JoinHandle<Sorted>>,
}

impl<L: Send + 'static> MailRoom<L> {
    /// Opens a room with so many sorters. Each letter is given to `work` on one of them.
    ///
    /// # Panics
    /// If `sorters` is 0.
    pub fn open(sorters: usize, work: impl Fn(L, &Outbox<L>) + Send + Sync + 'static) -> Self {
        assert!(sorters > 0, "a mail room needs at least one sorter");
        let (letters, queue) = mpsc::channel();
        let (queue, work) = (Arc::new(Mutex::new(queue)), Arc::new(work));
        let start = |_| {
            let (queue, work) = (Arc::clone(&queue), Arc::clone(&work));
            thread::spawn(move || sort(&queue, &*work))
        };
        let sorters = (0..sorters).map(start).collect();
        Self { letters: Some(Outbox(letters)), sorters }
    }

    /// Puts a letter into the queue. Does not wait.
    pub fn post(&self, letter: L) {
        if let Some(letters) = &self.letters {
            letters.post(letter);
        }
    }

    /// Closes the room. Returns how many letters were worked on.
    ///
    /// # Panics
    /// With the payload of a letter that panicked.
    pub fn close(mut self) -> usize {
        let (count, panic) = self.end();
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
        count
    }

    /// Takes the room's own sender away, and waits for the sorters.
    fn end(&mut self) -> Sorted {
        self.letters = None;
        let (mut count, mut first) = (0, None);
        for sorter in self.sorters.drain(..) {
            let (sorted, panic) = sorter.join().expect("a sorter catches the panics of letters");
            count += sorted;
            first = first.or(panic);
        }
        (count, first)
    }
}

impl<L: Send + 'static> Drop for MailRoom<L> {
    /// Closes the room.
    fn drop(&mut self) {
        // Nobody can be told here.
        mem::forget(self.end());
    }
}

/// What a sorter does all day.
fn sort<L>(queue: &Mutex<Receiver<Posted<L>>>, work: &impl Fn(L, &Outbox<L>)) -> Sorted {
    let (mut count, mut first) = (0, None);
    loop {
        let posted = queue.lock().unwrap().recv();
        let Ok(Posted(letter, outbox)) = posted else { break };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(letter, &outbox))) {
            first.get_or_insert(payload);
        }
        count += 1;
    }
    (count, first)
}
