//! The five pieces of Rust that the lessons need, each in a few lines.

use std::sync::{Arc, Mutex};
use std::thread;

// ANCHOR: moved
fn moved() {
    let pages = vec!["cover", "index"];
    let thread = thread::spawn(move || pages.len());
    // `pages` is gone here: the closure owns it.
    println!("moved: {} pages", thread.join().unwrap());
}
// ANCHOR_END: moved

// ANCHOR: borrowed
fn borrowed() {
    let pages = vec!["cover", "index"];
    let letters: usize = thread::scope(|scope| {
        let pages = &pages;
        let first = scope.spawn(move || pages[0].len());
        let second = scope.spawn(move || pages[1].len());
        first.join().unwrap() + second.join().unwrap()
    });
    println!("borrowed: {letters} letters in {} pages", pages.len());
}
// ANCHOR_END: borrowed

// ANCHOR: shared
fn shared() {
    let printed = Arc::new(Mutex::new(0));
    let threads = [1, 2].map(|copies| {
        let printed = Arc::clone(&printed);
        thread::spawn(move || *printed.lock().unwrap() += copies)
    });
    for thread in threads {
        thread.join().unwrap();
    }
    println!("shared: {} copies", printed.lock().unwrap());
}
// ANCHOR_END: shared

// ANCHOR: boxed
type Job = Box<dyn FnOnce() -> String + Send + 'static>;

fn boxed() {
    let name = String::from("index");
    let jobs: Vec<Job> = vec![Box::new(|| "cover".to_uppercase()), Box::new(move || name + ", twice")];
    let thread = thread::spawn(move || jobs.into_iter().map(|job| job()).collect::<Vec<_>>());
    println!("boxed: {}", thread.join().unwrap().join(" and "));
}
// ANCHOR_END: boxed

fn main() {
    moved();
    borrowed();
    shared();
    boxed();
}
