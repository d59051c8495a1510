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
                let found = fetch(link);
                *left.lock().unwrap() -= 1; // this one is done
                changed.notify_one();
                *left.lock().unwrap() += found.len();
                links.extend(found);
            }
        });
        let zero = changed.wait_while(left.lock().unwrap(), |left| *left > 0).unwrap();
        println!("report: {} links are left", *zero);
    });
}
// ANCHOR_END: program
