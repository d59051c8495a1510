//! The reader keeps the lock between its look and its wait.

// ANCHOR: program
use std::sync::{Condvar, Mutex};
use std::thread;

pub fn main() {
    let (is_there, written) = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        let read = || {
            let mut guard = is_there.lock().unwrap();
            while !*guard {
                guard = written.wait(guard).unwrap();
            }
            println!("the page is read");
        };
        let write = || {
            *is_there.lock().unwrap() = true;
            written.notify_one();
        };
        thread::Builder::new().name("reader".into()).spawn_scoped(scope, read).unwrap();
        thread::Builder::new().name("writer".into()).spawn_scoped(scope, write).unwrap();
    });
}
// ANCHOR_END: program
