//! A thread that collects rows until there are three, or until the first of them is 50 ms old.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

fn main() {
    let (rows, queue) = mpsc::channel();
    let writer = thread::spawn(move || {
        // An empty batch has no age. So the first row is waited for without a limit.
        while let Ok(first) = queue.recv() {
            let due = Instant::now() + Duration::from_millis(50);
            let mut batch = vec![first];
            while batch.len() < 3 {
                let left = due.saturating_duration_since(Instant::now());
                match queue.recv_timeout(left) {
                    Ok(row) => batch.push(row),
                    Err(_) => break, // it is old, or no more rows will come
                }
            }
            println!("wrote {batch:?}");
        }
    });
    for row in 1..=5 {
        rows.send(row).unwrap();
    }
    thread::sleep(Duration::from_millis(500)); // rows 4 and 5 grow old meanwhile
    rows.send(6).unwrap();
    drop(rows); // no more rows: what is left is written
    writer.join().unwrap();
}
// ANCHOR_END: program
