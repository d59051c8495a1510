//! One producer, a queue with room for two pages, one consumer.

// ANCHOR: program
use std::sync::mpsc::sync_channel;
use std::thread;

fn main() {
    let (sender, receiver) = sync_channel(2);
    thread::scope(|scope| {
        scope.spawn(move || {
            for page in 1..=5 {
                sender.send(page).unwrap(); // waits while two pages wait
            }
        }); // the thread has ended and its sender is gone: the queue is closed

        for page in receiver {
            println!("printed page {page}");
        }
    });
}
// ANCHOR_END: program
