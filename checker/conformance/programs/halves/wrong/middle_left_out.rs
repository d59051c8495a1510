//! The number in the middle is in neither half. This has nothing to do with threads.
use std::thread;

pub fn sum(v: Vec<i32>) -> i32 {
    let half = v.len() / 2;
    let (left, right) = (v[..half].to_vec(), v[v.len() - half..].to_vec());
    let left = thread::spawn(move || left.iter().sum::<i32>());
    let right = thread::spawn(move || right.iter().sum::<i32>());
    left.join().unwrap() + right.join().unwrap()
}
