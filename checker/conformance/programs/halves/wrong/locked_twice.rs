//! The lock is taken once to read and once to write: an update is lost.
use std::sync::{Arc, Mutex};
use std::thread;

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (left, right) = (left.to_vec(), right.to_vec());
    let total = Arc::new(Mutex::new(0));
    let threads = [left, right].map(|half| {
        let total = Arc::clone(&total);
        thread::spawn(move || {
            let seen = *total.lock().unwrap();
            *total.lock().unwrap() = seen + half.iter().sum::<i32>();
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    let total = total.lock().unwrap();
    *total
}
