//! Prints every page, and then stands still. Two producers, one consumer.

// ANCHOR: program
use std::sync::mpsc::sync_channel;
use std::thread;

pub fn main() {
    let (sender, receiver) = sync_channel(2);
    thread::scope(|scope| {
        for (name, page) in [("ada", 1), ("bob", 2)] {
            let sender = sender.clone();
            let produce = move || sender.send(page).unwrap();
            let producer = thread::Builder::new().name(name.to_owned());
            producer.spawn_scoped(scope, produce).unwrap();
        }

        for page in receiver {
            println!("printed page {page}");
        }
    });
    println!("all pages are printed");
}
// ANCHOR_END: program
