//! In which order do results come in?

// ANCHOR: program
use std::thread;
use std::time::Duration;

fn main() {
    let fetch = |page: &'static str, millis| {
        thread::sleep(Duration::from_millis(millis));
        println!("fetched {page}");
        page
    };
    let slow = thread::spawn(move || fetch("the slow page", 600));
    let quick = thread::spawn(move || fetch("the quick page", 100));
    for thread in [slow, quick] {
        println!("joined {}", thread.join().unwrap());
    }
}
// ANCHOR_END: program
