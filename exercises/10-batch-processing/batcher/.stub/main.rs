//! 250 rows in batches of 100. The last 50 are handled by their age. Then come 25 more, and the end.

use std::thread;
use std::time::Duration;

use batcher::{Batcher, Options, Outcome};

fn main() {
    let options = Options { size: 100, age: Duration::from_millis(200), limit: 200 };
    let batcher = Batcher::new(options, |rows: Vec<u32>| {
        println!("{} rows, {} to {}", rows.len(), rows[0], rows[rows.len() - 1]);
        // This batch fails, as a database does now and then. The others have nothing to do with it.
        if rows.contains(&150) { Err("disk full") } else { Ok(()) }
    });
    let mut receipts = Vec::new();
    for row in 0..250 {
        receipts.extend(batcher.push(row));
    }
    println!("(a pause)");
    thread::sleep(Duration::from_millis(500));
    for row in 250..275 {
        receipts.extend(batcher.push(row));
    }
    println!("(close)");
    batcher.close();
    let outcomes: Vec<_> = receipts.into_iter().map(|receipt| receipt.wait()).collect();
    let stored = outcomes.iter().filter(|outcome| **outcome == Outcome::Stored).count();
    println!("{stored} stored, {} failed", outcomes.len() - stored);
}
