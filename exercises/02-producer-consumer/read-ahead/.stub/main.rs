//! Six pages of 0.1 s on a slow disk, a printer that takes 0.1 s for each, and room for two pages in between.

use std::thread;
use std::time::{Duration, Instant};

use read_ahead::print_ahead;

const TENTH: Duration = Duration::from_millis(100);

fn main() {
    let start = Instant::now();
    let disk = (1..=6).inspect(|_| thread::sleep(TENTH));
    let printed = print_ahead(disk, 2, |page| {
        thread::sleep(TENTH);
        println!("printed page {page}");
    });
    println!("{printed} pages in {:.1} s", start.elapsed().as_secs_f64());
}
