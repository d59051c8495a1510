//! A stage with two workers. Each takes the next page from the queue, and passes it on.

// ANCHOR: program
use std::sync::{Mutex, mpsc};
use std::thread;

pub fn main() {
    let (fetched, pages) = mpsc::channel();
    (1..=2).for_each(|page| fetched.send(page).unwrap());
    let pages = Mutex::new(pages);
    thread::scope(|scope| {
        let count = || {
            let page = pages.lock().unwrap().recv().unwrap();
            let words = page * 100;
            println!("saved page {page}: {words} words");
        };
        for name in ["ada", "bob"] {
            let worker = thread::Builder::new().name(name.to_owned());
            worker.spawn_scoped(scope, count).unwrap();
        }
    });
}
// ANCHOR_END: program
