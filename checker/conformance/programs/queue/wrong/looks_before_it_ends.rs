//! A third thread passes the values on, and ends without a last look.
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
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
    let (buffer, done) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    for half in [queue.first_half, queue.second_half] {
        let (buffer, done) = (Arc::clone(&buffer), Arc::clone(&done));
        thread::spawn(move || {
            for value in half {
                buffer.lock().unwrap().push(value);
            }
            done.fetch_add(1, Ordering::SeqCst);
        });
    }
    thread::spawn(move || {
        loop {
            let values = mem::take(&mut *buffer.lock().unwrap());
            values.into_iter().for_each(|value| tx.send(value).unwrap());
            if done.load(Ordering::SeqCst) == 2 {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
}
