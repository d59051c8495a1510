//! A mail room: letters are posted, sorters work on them, and some letters are answered by more letters.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Where a sorter posts the answers to a letter.
#[derive(Debug)]
pub struct Outbox<L>(Sender<L>);

impl<L> Outbox<L> {
    /// Puts an answer into the queue of the room. Does not wait.
    pub fn post(&self, letter: L) {
        let _ = self.0.send(letter);
    }
}

/// A sorter returns how many letters it has worked on, and the first panic that it has met.
type Sorted = (usize, Option<Box<dyn Any + Send>>);

/// Sorters on one queue, until the room is closed.
#[derive(Debug)]
pub struct MailRoom<L: Send + 'static> {
    letters: Option<Sender<L>>,
    closed: Arc<AtomicBool>,
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
        let (queue, work, closed) =
            (Arc::new(Mutex::new(queue)), Arc::new(work), Arc::<AtomicBool>::default());
        let start = |_| {
            let (queue, work, closed) = (Arc::clone(&queue), Arc::clone(&work), Arc::clone(&closed));
            // Since Thursday: a letter may be answered, so the sorter needs the slot, too.
            let outbox = Outbox(letters.clone());
            thread::spawn(move || sort(&queue, &outbox, &closed, &*work))
        };
        let sorters = (0..sorters).map(start).collect();
        Self { letters: Some(letters), closed, sorters }
    }

    /// Puts a letter into the queue. Does not wait.
    pub fn post(&self, letter: L) {
        if let Some(letters) = &self.letters {
            let _ = letters.send(letter);
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

    /// Tells the sorters that it is closing time, and waits for them.
    fn end(&mut self) -> Sorted {
        self.closed.store(true, Ordering::SeqCst);
        // Since Tuesday: an idle sorter waits in `recv`, which ends when the slot is gone.
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
        self.end();
    }
}

/// What a sorter does all day.
fn sort<L>(
    queue: &Mutex<Receiver<L>>,
    outbox: &Outbox<L>,
    closed: &AtomicBool,
    work: &impl Fn(L, &Outbox<L>),
) -> Sorted {
    let (mut count, mut first) = (0, None);
    loop {
        let letter = queue.lock().unwrap().recv();
        let Ok(letter) = letter else { break };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(letter, outbox))) {
            first.get_or_insert(payload);
        }
        count += 1;
        // Since Monday: a sorter that has finished its letter looks whether it is closing time.
        if closed.load(Ordering::SeqCst) {
            break;
        }
    }
    (count, first)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::time::Duration;

    use super::*;

    /// Ada's test.
    #[test]
    fn three_letters_for_three_sorters() {
        let at_work = Arc::new(Barrier::new(4));
        let begun = Arc::clone(&at_work);
        let room = MailRoom::open(3, move |_, _| {
            begun.wait();
            thread::sleep(Duration::from_millis(500));
        });
        (1..=3).for_each(|letter| room.post(letter));
        at_work.wait();
        assert_eq!(room.close(), 3);
    }
}
