//! Does not compile, on purpose: a thread that may outlive what it borrows.

use std::thread;

fn main() {
    let pages = vec!["cover", "index"];
    let printer = thread::spawn(|| println!("{} pages", pages.len()));
    printer.join().unwrap();
}
