//! The reader looks again after each wait, in a loop.

// ANCHOR: program
use std::sync::{Condvar, Mutex};
use std::thread;

pub fn main() {
    let (is_there, written) = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        let read = || {
            let mut ready = *is_there.lock().unwrap();
            while !ready {
                let guard = is_there.lock().unwrap();
                ready = *written.wait(guard).unwrap();
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
