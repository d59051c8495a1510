//! The documented run: 20 items of 0.1 s, a queue of capacity 5, two consumers.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use bounded_squares::process;

const CAPACITY: usize = 5;

fn main() -> io::Result<()> {
    let square = |n| {
        thread::sleep(Duration::from_millis(100));
        n * n
    };
    let start = Instant::now();
    let squares = process(1..=20, CAPACITY, &["alice", "bob"], square, io::stdout())?;
    println!("{squares:?}");
    println!("{} items took {:.1} s", squares.len(), start.elapsed().as_secs_f64());
    Ok(())
}
