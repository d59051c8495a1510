//! Two scoped threads add to an atomic.
use std::sync::atomic::{AtomicI32, Ordering};

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let total = AtomicI32::new(0);
    std::thread::scope(|scope| {
        for half in [left, right] {
            let total = &total;
            scope.spawn(move || total.fetch_add(half.iter().sum(), Ordering::Relaxed));
        }
    });
    total.into_inner()
}
