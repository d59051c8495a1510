//! The squares of 0 to 99, by ten workers.

use std::thread;
use std::time::{Duration, Instant};

use parallel_map::parallel_map;

const WORKERS: usize = 10;

fn main() {
    let start = Instant::now();
    let squares = parallel_map((0..100).collect(), WORKERS, |n: u64| {
        // A square takes a nanosecond. Up to 40 ms of sleep mix up the order in which they are ready.
        thread::sleep(Duration::from_millis(10 * (n * 7 % 5)));
        n * n
    });
    for row in squares.chunks(10) {
        println!("{}", row.iter().map(|square| format!("{square:5}")).collect::<String>());
    }
    println!("{} squares on {WORKERS} workers took {:.1} s", squares.len(), start.elapsed().as_secs_f64());
}
