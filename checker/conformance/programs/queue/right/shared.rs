//! Both threads send with one sender.
use std::sync::{Arc, mpsc};
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
    let tx = Arc::new(tx);
    for half in [queue.first_half, queue.second_half] {
        let tx = Arc::clone(&tx);
        thread::spawn(move || half.into_iter().for_each(|value| tx.send(value).unwrap()));
    }
}
