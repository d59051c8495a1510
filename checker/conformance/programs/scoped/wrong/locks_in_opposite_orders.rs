//! Each thread holds its own lock, and takes the other thread's.
use std::sync::Mutex;

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (a, b) = (Mutex::new(0), Mutex::new(0));
    std::thread::scope(|scope| {
        for (half, own, other) in [(left, &a, &b), (right, &b, &a)] {
            scope.spawn(move || {
                let mut own = own.lock().unwrap();
                *own += half.iter().sum::<i32>();
                *other.lock().unwrap() += *own - *own;
            });
        }
    });
    a.into_inner().unwrap() + b.into_inner().unwrap()
}
