//! Each thread sends the sum of its half, and the channel ends with the threads.
use std::sync::mpsc;
use std::thread;

pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    let (left, right) = (left.to_vec(), right.to_vec());
    let (tx, rx) = mpsc::channel();
    for half in [left, right] {
        let tx = tx.clone();
        thread::spawn(move || tx.send(half.iter().sum::<i32>()).unwrap());
    }
    drop(tx);
    rx.iter().sum()
}
