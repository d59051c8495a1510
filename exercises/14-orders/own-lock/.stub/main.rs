//! Four threads add to a counter that is no counter: each loads the number, and stores it one higher.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use own_lock::Lock;

fn main() {
    let (lock, count) = (Lock::new(), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..250 {
                    lock.with(|| count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed));
                }
            });
        }
    });
    println!("{}", count.load(Ordering::Relaxed));
}
