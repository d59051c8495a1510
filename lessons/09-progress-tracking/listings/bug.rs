//! Two workers finish a record each, and sometimes one of them is not counted.

// ANCHOR: program
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

pub fn main() {
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        let count_one = || {
            let before = done.load(Ordering::SeqCst);
            done.store(before + 1, Ordering::SeqCst);
        };
        for name in ["ada", "bob"] {
            let worker = thread::Builder::new().name(name.to_owned());
            worker.spawn_scoped(scope, count_one).unwrap();
        }
    });
    println!("{}/2", done.load(Ordering::SeqCst));
}
// ANCHOR_END: program
