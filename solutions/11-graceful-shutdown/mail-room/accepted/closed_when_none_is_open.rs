//! accepted: `close` waits until no letter is open, and only then sends a stop message to each sorter
//! for when the sorters are given and understand messages, as a queue with `task_done` and `join` in Python.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

/// How many letters have been posted and not been worked on.
type Open = Arc<(Mutex<usize>, Condvar)>;

/// Where a sorter posts the answers to a letter. `None` is the message to stop.
pub struct Outbox<L>(Sender<Option<L>>, Open);

impl<L> Outbox<L> {
    /// Puts an answer into the queue of the room. Does not wait.
    pub fn post(&self, letter: L) {
        *self.1.0.lock().unwrap() += 1;
        let _ = self.0.send(Some(letter));
    }
}

/// A sorter returns how many letters it has worked on, and the first panic that it has met.
type Sorted = (usize, Option<Box<dyn Any + Send>>);

/// Sorters on one queue, until the room is closed.
pub struct MailRoom<L: Send + 'static> {
    letters: Outbox<L>,
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
        let open = Open::default();
        let start = |_| {
            let (queue, work, outbox) =
                (Arc::clone(&queue), Arc::clone(&work), Outbox(letters.clone(), Arc::clone(&open)));
            thread::spawn(move || sort(&queue, &outbox, &*work))
        };
        let sorters = (0..sorters).map(start).collect();
        Self { letters: Outbox(letters, open), sorters }
    }

    /// Puts a letter into the queue. Does not wait.
    pub fn post(&self, letter: L) {
        self.letters.post(letter);
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

    /// Waits until no letter is open, and then ends the sorters.
    fn end(&mut self) -> Sorted {
        let Outbox(messages, open) = &self.letters;
        drop(open.1.wait_while(open.0.lock().unwrap(), |open| *open > 0).unwrap());
        self.sorters.iter().for_each(|_| drop(messages.send(None)));
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
        self.end();
    }
}

/// What a sorter does all day.
fn sort<L>(queue: &Mutex<Receiver<Option<L>>>, outbox: &Outbox<L>, work: &impl Fn(L, &Outbox<L>)) -> Sorted {
    let (mut count, mut first) = (0, None);
    loop {
        let posted = queue.lock().unwrap().recv();
        let Ok(Some(letter)) = posted else { break };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(letter, outbox))) {
            first.get_or_insert(payload);
        }
        count += 1;
        let mut open = outbox.1.0.lock().unwrap();
        *open -= 1;
        if *open == 0 {
            outbox.1.1.notify_all();
        }
    }
    (count, first)
}
