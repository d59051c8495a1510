//! Both threads read the next place and write it back: a value is sent twice.
use std::sync::atomic::{AtomicUsize, Ordering};
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
    let all: Arc<Vec<u32>> = Arc::new(queue.first_half.into_iter().chain(queue.second_half).collect());
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..2 {
        let (all, next, tx) = (Arc::clone(&all), Arc::clone(&next), tx.clone());
        thread::spawn(move || {
            loop {
                let place = next.load(Ordering::SeqCst);
                next.store(place + 1, Ordering::SeqCst);
                let Some(value) = all.get(place) else { return };
                tx.send(*value).unwrap();
            }
        });
    }
}
