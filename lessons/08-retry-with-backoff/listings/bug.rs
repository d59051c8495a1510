//! A program that ends when it is told to, but only between two sleeps.

// ANCHOR: program
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub fn main() {
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut wait = Duration::from_secs(1);
            while !stopped.load(Ordering::SeqCst) {
                println!("no answer, again in {wait:?}"); // an attempt that fails
                thread::sleep(wait);
                wait *= 2;
            }
            println!("the client has ended");
        });
        thread::sleep(Duration::from_millis(1_500));
        println!("the program should end");
        stopped.store(true, Ordering::SeqCst);
    });
}
// ANCHOR_END: program
