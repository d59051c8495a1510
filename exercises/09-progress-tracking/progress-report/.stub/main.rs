//! The documented run: 20 items of 0.1 s on five workers.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use progress_report::process_with_progress;

const WORKERS: usize = 5;

fn main() {
    let items: Vec<u64> = (1..=20).collect();
    let square = |n: &u64| {
        thread::sleep(Duration::from_millis(100));
        n * n
    };
    let start = Instant::now();
    let squares = process_with_progress(&items, WORKERS, square, io::stderr());
    println!("{squares:?}");
    println!("{} items on {WORKERS} workers took {:.1} s", items.len(), start.elapsed().as_secs_f64());
}
