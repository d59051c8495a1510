//! It looks at the count outside of the lock: the notification may come before the wait.
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (total, done) = (AtomicI32::new(0), AtomicUsize::new(0));
    let (lock, changed) = (Mutex::new(()), Condvar::new());
    std::thread::scope(|scope| {
        for half in [left, right] {
            let (total, done, changed) = (&total, &done, &changed);
            scope.spawn(move || {
                total.fetch_add(half.iter().sum(), Ordering::SeqCst);
                done.fetch_add(1, Ordering::SeqCst);
                changed.notify_all();
            });
        }
        while done.load(Ordering::SeqCst) < 2 {
            drop(changed.wait(lock.lock().unwrap()).unwrap());
        }
        total.load(Ordering::SeqCst)
    })
}
