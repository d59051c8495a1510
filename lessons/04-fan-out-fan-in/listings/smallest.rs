//! Two threads count the words of four texts, one number comes out.

// ANCHOR: program
use std::thread;

fn words(texts: &[&str]) -> usize {
    texts.iter().map(|text| text.split_whitespace().count()).sum()
}

fn main() {
    let texts = ["to be", "or not to be", "that is", "the question"];
    let total: usize = thread::scope(|scope| {
        // Out: each thread borrows a part of the texts.
        let threads: Vec<_> = texts.chunks(2).map(|part| scope.spawn(|| words(part))).collect();
        // In: each thread hands over its number when it ends.
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("{total} words");
}
// ANCHOR_END: program
