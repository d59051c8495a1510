//! Each thread loads the total and stores a new one: an update is lost.
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (left, right) = (left.to_vec(), right.to_vec());
    let total = Arc::new(AtomicI32::new(0));
    let threads = [left, right].map(|half| {
        let total = Arc::clone(&total);
        thread::spawn(move || {
            let part: i32 = half.iter().sum();
            let seen = total.load(Ordering::SeqCst);
            total.store(seen + part, Ordering::SeqCst);
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    total.load(Ordering::SeqCst)
}
