//! What does a counter say when it is asked while counting?

// ANCHOR: program
use std::sync::atomic::{AtomicUsize, Ordering};

fn main() {
    let (done, total) = (AtomicUsize::new(0), 3);
    for _ in 0..total {
        let done = done.fetch_add(1, Ordering::Relaxed);
        println!("{done}/{total} ({}%)", done / total * 100);
    }
    println!("in the end: {}", done.load(Ordering::Relaxed));
}
// ANCHOR_END: program
