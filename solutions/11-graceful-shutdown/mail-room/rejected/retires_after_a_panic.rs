//! breaks: clause 3 · finding: sequential
//! A sorter whose letter panicked goes home, unless it is the last one.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

type Payload = Box<dyn Any + Send>;

struct Desk<L> {
    queue: VecDeque<L>,
    /// Letters that are in the queue or are being worked on.
    pending: usize,
    count: usize,
    sorters: usize,
    closed: bool,
    panic: Option<Payload>,
}

struct Room<L> {
    desk: Mutex<Desk<L>>,
    letter: Condvar,
    idle: Condvar,
}

impl<L> Room<L> {
    fn put(&self, letter: L) {
        let mut desk = self.desk.lock().unwrap();
        desk.pending += 1;
        desk.count += 1;
        desk.queue.push_back(letter);
        self.letter.notify_one();
    }

    fn sort(self: &Arc<Self>, work: &impl Fn(L, &Outbox<L>)) {
        let outbox = Outbox(Arc::clone(self));
        let mut desk = self.desk.lock().unwrap();
        loop {
            if let Some(letter) = desk.queue.pop_front() {
                drop(desk);
                let outcome = catch_unwind(AssertUnwindSafe(|| work(letter, &outbox)));
                desk = self.desk.lock().unwrap();
                let panicked = outcome.is_err();
                if let Err(payload) = outcome {
                    if desk.panic.is_none() {
                        desk.panic = Some(payload);
                    } else {
                        drop(desk);
                        drop(payload);
                        desk = self.desk.lock().unwrap();
                    }
                }
                desk.pending -= 1;
                if desk.pending == 0 {
                    self.idle.notify_one();
                }
                if panicked && desk.sorters > 1 {
                    // Who knows what is left on its table. The others can do it.
                    desk.sorters -= 1;
                    self.letter.notify_one();
                    return;
                }
            } else if desk.closed {
                return;
            } else {
                desk = self.letter.wait(desk).unwrap();
            }
        }
    }
}

/// Where a sorter posts the answers to a letter.
pub struct Outbox<L>(Arc<Room<L>>);

impl<L> Outbox<L> {
    pub fn post(&self, letter: L) {
        self.0.put(letter);
    }
}

pub struct MailRoom<L: Send + 'static> {
    room: Arc<Room<L>>,
    sorters: Vec<JoinHandle<()>>,
}

impl<L: Send + 'static> MailRoom<L> {
    pub fn open(sorters: usize, work: impl Fn(L, &Outbox<L>) + Send + Sync + 'static) -> Self {
        assert!(sorters > 0, "a mail room needs at least one sorter");
        let desk = Desk { queue: VecDeque::new(), pending: 0, count: 0, sorters, closed: false, panic: None };
        let room = Arc::new(Room { desk: Mutex::new(desk), letter: Condvar::new(), idle: Condvar::new() });
        let work = Arc::new(work);
        let sorters = (0..sorters)
            .map(|_| {
                let (room, work) = (Arc::clone(&room), Arc::clone(&work));
                thread::spawn(move || room.sort(&*work))
            })
            .collect();
        Self { room, sorters }
    }

    pub fn post(&self, letter: L) {
        self.room.put(letter);
    }

    pub fn close(mut self) -> usize {
        self.end();
        let mut desk = self.room.desk.lock().unwrap();
        let (count, panic) = (desk.count, desk.panic.take());
        drop(desk);
        panic.map_or(count, |payload| resume_unwind(payload))
    }

    fn end(&mut self) {
        let desk = self.room.desk.lock().unwrap();
        let mut desk = self.room.idle.wait_while(desk, |desk| desk.pending > 0).unwrap();
        desk.closed = true;
        drop(desk);
        self.room.letter.notify_all();
        for sorter in self.sorters.drain(..) {
            sorter.join().expect("a sorter catches the panics of letters");
        }
    }
}

impl<L: Send + 'static> Drop for MailRoom<L> {
    fn drop(&mut self) {
        self.end();
    }
}
