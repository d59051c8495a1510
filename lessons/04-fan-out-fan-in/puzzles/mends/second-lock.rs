//! A second lock, so that one thread writes at a time.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;

pub fn main() {
    let (total, writing) = (Mutex::new(0), Mutex::new(()));
    thread::scope(|scope| {
        let add = |words: usize| {
            let before = *total.lock().unwrap();
            let turn = writing.lock().unwrap();
            *total.lock().unwrap() = before + words;
            drop(turn);
        };
        for (name, words) in [("ada", 2), ("bob", 3)] {
            let counter = thread::Builder::new().name(name.to_owned());
            counter.spawn_scoped(scope, move || add(words)).unwrap();
        }
    });
    println!("{} words", total.lock().unwrap());
}
// ANCHOR_END: program
