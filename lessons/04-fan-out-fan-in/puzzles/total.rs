//! Two threads add to one total. Every access is under the lock.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;

pub fn main() {
    let total = Mutex::new(0);
    thread::scope(|scope| {
        let add = |words: usize| {
            let before = *total.lock().unwrap();
            *total.lock().unwrap() = before + words;
        };
        for (name, words) in [("ada", 2), ("bob", 3)] {
            let counter = thread::Builder::new().name(name.to_owned());
            counter.spawn_scoped(scope, move || add(words)).unwrap();
        }
    });
    println!("{} words", total.lock().unwrap());
}
// ANCHOR_END: program
