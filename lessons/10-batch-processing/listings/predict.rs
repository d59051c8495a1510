//! Batches of two. The second one has a row that the database refuses.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;

fn insert(batch: &[i32]) -> Result<(), String> {
    match batch.iter().find(|row| **row < 0) {
        Some(row) => Err(format!("{row} is negative")),
        None => Ok(()),
    }
}

fn main() {
    let (rows, queue) = mpsc::channel::<(i32, mpsc::Sender<Result<(), String>>)>();
    let writer = thread::spawn(move || {
        while let Ok(first) = queue.recv() {
            let second = queue.recv().ok();
            let (batch, receipts): (Vec<_>, Vec<_>) = [first].into_iter().chain(second).unzip();
            let outcome = insert(&batch);
            for receipt in receipts {
                let _ = receipt.send(outcome.clone());
            }
        }
    });
    let push = |row| {
        let (receipt, outcome) = mpsc::channel();
        rows.send((row, receipt)).unwrap();
        (row, outcome)
    };
    let pushed = [7, 8, 9, -1, 5].map(push);
    drop(rows);
    for (row, outcome) in pushed {
        println!("{row}: {:?}", outcome.recv().unwrap());
    }
    writer.join().unwrap();
}
// ANCHOR_END: program
