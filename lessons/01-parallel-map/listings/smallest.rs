//! Three pages, three threads, three counts in the order of the pages.

// ANCHOR: program
use std::thread;

fn main() {
    let pages = ["to be", "or not to be", "that is the question"];
    let pages: Vec<String> = pages.map(String::from).to_vec();
    let words = |page: String| page.split_whitespace().count();

    let counts: Vec<usize> = thread::scope(|scope| {
        // Each page moves into a thread of its own. All threads borrow `words`.
        let threads: Vec<_> = pages.into_iter().map(|page| scope.spawn(|| words(page))).collect();
        // Each count comes back when its thread is joined.
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    println!("{counts:?}");
}
// ANCHOR_END: program
