//! Lesson 14: a flag that carries a number.

// ANCHOR: program
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

fn main() {
    let (number, ready) = (AtomicU64::new(0), AtomicBool::new(false));
    let main = thread::current();
    thread::scope(|scope| {
        scope.spawn(|| {
            number.store(42, Ordering::Relaxed);
            ready.store(true, Ordering::Release);
            main.unpark();
        });
        while !ready.load(Ordering::Acquire) {
            thread::park();
        }
        println!("the number is {}", number.load(Ordering::Relaxed));
    });
}
// ANCHOR_END: program
