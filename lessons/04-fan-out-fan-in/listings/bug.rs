//! Three threads, and never two of them at work. The total is right.

// ANCHOR: program
use std::thread;
use std::time::Duration;

pub fn main() {
    let words = |text: &str| {
        thread::sleep(Duration::from_millis(100)); // a slow disk
        println!("read {text:?}");
        text.split_whitespace().count()
    };
    let total: usize = thread::scope(|scope| {
        let texts = ["to be", "or not to be", "that is"];
        texts
            .into_iter()
            .map(|text| scope.spawn(move || words(text)))
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    println!("{total} words");
}
// ANCHOR_END: program
