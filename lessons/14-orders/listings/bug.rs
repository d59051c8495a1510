//! Lesson 14: two threads that both find the door free.

// ANCHOR: program
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

pub fn main() {
    let (ada, bob) = (AtomicBool::new(false), AtomicBool::new(false));
    let enters = |mine: &AtomicBool, other: &AtomicBool| {
        mine.store(true, Ordering::Release);
        !other.load(Ordering::Acquire)
    };
    thread::scope(|scope| {
        let named = |name: &str| thread::Builder::new().name(name.to_owned());
        let a = named("ada").spawn_scoped(scope, || enters(&ada, &bob)).unwrap();
        let b = named("bob").spawn_scoped(scope, || enters(&bob, &ada)).unwrap();
        let (a, b) = (a.join().unwrap(), b.join().unwrap());
        println!("ada enters: {a}, bob enters: {b}");
    });
}
// ANCHOR_END: program
