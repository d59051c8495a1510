//! Right for three pages. The fourth one is never sent.

// ANCHOR: program
use std::sync::mpsc::sync_channel;
use std::thread;

pub fn main() {
    let (fetched, to_count) = sync_channel(1);
    let (counted, to_save) = sync_channel(1);
    thread::scope(|scope| {
        let count = move || {
            for page in to_count {
                counted.send(page * 100).unwrap();
            }
        };
        let counter = thread::Builder::new().name("counter".to_owned());
        counter.spawn_scoped(scope, count).unwrap();

        for page in 1..=4 {
            fetched.send(page).unwrap();
            println!("sent page {page}");
        }
        drop(fetched);
        for words in to_save {
            println!("saved: {words} words");
        }
    });
}
// ANCHOR_END: program
