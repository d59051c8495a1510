//! One more thread keeps a sender, and never ends.
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

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
    for half in [queue.first_half, queue.second_half] {
        let tx = tx.clone();
        thread::spawn(move || half.into_iter().for_each(|value| tx.send(value).unwrap()));
    }
    thread::spawn(move || {
        let _kept = tx;
        loop {
            thread::sleep(Duration::from_secs(60));
        }
    });
}
