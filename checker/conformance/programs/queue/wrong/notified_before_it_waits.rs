//! The second thread waits for a notification that may have come already.
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;

struct Queue {
    first_half: Vec<u32>,
    second_half: Vec<u32>,
}

impl Queue {
    fn new() -> Self {
        Self { first_half: (1..=5).collect(), second_half: (6..=10).collect() }
    }
}

fn main() {
    send_tx(Queue::new(), mpsc::channel().0);
}

fn send_tx(queue: Queue, tx: mpsc::Sender<u32>) {
    let turn = Arc::new((Mutex::new(()), Condvar::new()));
    let (other_turn, other_tx) = (Arc::clone(&turn), tx.clone());
    thread::spawn(move || {
        let lock = other_turn.0.lock().unwrap();
        drop(other_turn.1.wait(lock).unwrap());
        queue.second_half.into_iter().for_each(|value| other_tx.send(value).unwrap());
    });
    thread::spawn(move || {
        queue.first_half.into_iter().for_each(|value| tx.send(value).unwrap());
        turn.1.notify_one();
    });
}
