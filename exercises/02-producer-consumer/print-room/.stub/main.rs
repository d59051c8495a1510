//! Three offices with four jobs each, a tray for two jobs, three printers.

use std::thread;
use std::time::{Duration, Instant};

use print_room::print_all;

fn main() {
    let offices = vec![100..104_u64, 200..204, 300..304];
    let start = Instant::now();
    let pages = print_all(offices, 2, 3, |job| {
        thread::sleep(Duration::from_millis(100));
        job % 10 + 1
    });
    println!("{pages} pages in {:.1} s", start.elapsed().as_secs_f64());
}
