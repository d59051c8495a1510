//! The documented run: ten tasks on four workers.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use sum_of_squares::{run, sum_of_squares};

const WORKERS: usize = 4;

fn main() -> io::Result<()> {
    let tasks: Vec<u64> = (1..=10).map(|i| i * 1000).collect();
    // The sums take microseconds. A tenth of a second per thousand makes the order of completion visible.
    let work = |n| {
        thread::sleep(Duration::from_millis(n / 10));
        sum_of_squares(n)
    };
    let start = Instant::now();
    run(&tasks, WORKERS, work, io::stdout())?;
    println!("{} tasks on {WORKERS} workers took {:.1} s", tasks.len(), start.elapsed().as_secs_f64());
    Ok(())
}
