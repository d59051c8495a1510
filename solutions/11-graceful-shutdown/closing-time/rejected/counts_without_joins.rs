//! breaks: clause 2 · finding: too-early
//! `close` waits for the count of each worker, and not for the end of its thread.
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// What lies in the queue.
enum Message<T> {
    /// One more item.
    Item(T),
    /// The worker that receives this ends.
    Stop,
}

/// Workers that share one queue. This is given, but for `close`.
#[derive(Debug)]
pub struct Crew<T> {
    messages: Sender<Message<T>>,
    /// Each thread returns how many items it has worked on.
    workers: Vec<JoinHandle<()>>,
    counts: Receiver<usize>,
}

impl<T: Send + 'static> Crew<T> {
    /// Starts `workers` threads. Each item that is sent is given to `work` on one of them.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn start(workers: usize, work: impl Fn(T) + Send + Sync + 'static) -> Self {
        assert!(workers > 0, "a crew needs at least one worker");
        let (messages, queue) = mpsc::channel();
        let (queue, work) = (Arc::new(Mutex::new(queue)), Arc::new(work));
        let (count, counts) = mpsc::channel();
        let start = |_| {
            let count = count.clone();
            let (queue, work) = (Arc::clone(&queue), Arc::clone(&work));
            thread::spawn(move || {
                let _ = count.send(serve(&queue, &*work));
            })
        };
        let workers = (0..workers).map(start).collect();
        drop(count);
        Self { messages, workers, counts }
    }

    /// Puts an item into the queue. Does not wait.
    pub fn send(&self, item: T) {
        let _ = self.messages.send(Message::Item(item));
    }

    /// Lets the workers finish every item that was sent, and ends them. Returns how many items there were.
    pub fn close(self) -> usize {
        for _ in &self.workers {
            let _ = self.messages.send(Message::Stop);
        }
        self.counts.iter().sum()
    }
}

/// What a worker does all its life.
fn serve<T>(queue: &Mutex<Receiver<Message<T>>>, work: &impl Fn(T)) -> usize {
    let mut worked_on = 0;
    loop {
        // The lock is held while this worker waits for a message, and released before it works.
        let message = queue.lock().unwrap().recv();
        match message {
            Ok(Message::Item(item)) => {
                work(item);
                worked_on += 1;
            }
            Ok(Message::Stop) | Err(_) => return worked_on,
        }
    }
}
