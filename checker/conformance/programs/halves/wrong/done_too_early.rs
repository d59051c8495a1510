//! A thread says that it is done, and adds its part afterwards.
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (left, right) = (left.to_vec(), right.to_vec());
    let (total, done) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicUsize::new(0)));
    for half in [left, right] {
        let (total, done) = (Arc::clone(&total), Arc::clone(&done));
        thread::spawn(move || {
            let part = half.iter().sum::<i32>();
            done.fetch_add(1, Ordering::SeqCst);
            total.fetch_add(part, Ordering::SeqCst);
        });
    }
    while done.load(Ordering::SeqCst) < 2 {
        thread::sleep(Duration::from_micros(50));
    }
    total.load(Ordering::SeqCst)
}
