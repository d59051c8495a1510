//! Lesson 14: what a counter needs.

// ANCHOR: program
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

fn main() {
    let (added, stored) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    added.fetch_add(1, Ordering::Relaxed);
                }
                stored.store(1_000, Ordering::Relaxed);
            });
        }
    });
    println!("{}", added.load(Ordering::Relaxed));
    println!("{}", stored.load(Ordering::Relaxed));
}
// ANCHOR_END: program
