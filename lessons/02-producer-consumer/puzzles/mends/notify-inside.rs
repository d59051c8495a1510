//! The writer notifies while it holds the lock.

// ANCHOR: program
use std::sync::{Condvar, Mutex};
use std::thread;

pub fn main() {
    let (is_there, written) = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        let read = || {
            let ready = *is_there.lock().unwrap();
            if !ready {
                let guard = is_there.lock().unwrap();
                drop(written.wait(guard).unwrap());
            }
            println!("the page is read");
        };
        let write = || {
            let mut guard = is_there.lock().unwrap();
            *guard = true;
            written.notify_one();
        };
        thread::Builder::new().name("reader".into()).spawn_scoped(scope, read).unwrap();
        thread::Builder::new().name("writer".into()).spawn_scoped(scope, write).unwrap();
    });
}
// ANCHOR_END: program
