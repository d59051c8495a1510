//! A count of the links that are left, which is zero too early.

// ANCHOR: program
use std::sync::{Condvar, Mutex};
use std::thread;

fn fetch(link: &str) -> Vec<&'static str> {
    println!("fetched {link}");
    if link == "/" { vec!["/blog"] } else { vec![] }
}

pub fn main() {
    let (left, changed) = (Mutex::new(1), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut links = vec!["/"];
            while let Some(link) = links.pop() {
                let new = fetch(link);
                *left.lock().unwrap() -= 1; // this one is done
                changed.notify_one();
                *left.lock().unwrap() += new.len();
                links.extend(new);
            }
        });
        let mut n = left.lock().unwrap();
        while *n > 0 {
            n = changed.wait(n).unwrap();
        }
        println!("report: {n} left");
    });
}
// ANCHOR_END: program
