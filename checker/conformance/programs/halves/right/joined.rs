//! Each half is summed by a thread, and both threads are joined.
use std::thread;

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (left, right) = (left.to_vec(), right.to_vec());
    let left = thread::spawn(move || left.iter().sum::<i32>());
    let right = thread::spawn(move || right.iter().sum::<i32>());
    left.join().unwrap() + right.join().unwrap()
}
