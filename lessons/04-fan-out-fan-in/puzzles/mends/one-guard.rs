//! One guard for both lines.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;

pub fn main() {
    let total = Mutex::new(0);
    thread::scope(|scope| {
        let add = |words: usize| {
            let mut guard = total.lock().unwrap();
            let before = *guard;
            *guard = before + words;
        };
        for (name, words) in [("ada", 2), ("bob", 3)] {
            let counter = thread::Builder::new().name(name.to_owned());
            counter.spawn_scoped(scope, move || add(words)).unwrap();
        }
    });
    println!("{} words", total.lock().unwrap());
}
// ANCHOR_END: program
