//! Six pages: 0.1 s to read each, 0.1 s to print each.

use std::thread;
use std::time::{Duration, Instant};

use next_page::read_ahead;

fn main() {
    let start = Instant::now();
    let read = |page: u32| {
        thread::sleep(Duration::from_millis(100));
        format!("page {page}")
    };
    read_ahead((1..=6).collect(), read, |text| {
        thread::sleep(Duration::from_millis(100));
        println!("printed {text}");
    });
    println!("six pages in {:.1} s", start.elapsed().as_secs_f64());
}
