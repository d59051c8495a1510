//! Two workers do the work, and one thread counts and tells.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;

fn main() {
    let store = |record: &u64| assert!(*record > 0);
    let records = [11, 12, 13, 14];
    let (finished, completions) = mpsc::channel();
    thread::scope(|scope| {
        for part in records.chunks(2) {
            let finished = finished.clone();
            scope.spawn(move || {
                for record in part {
                    store(record);
                    finished.send(()).unwrap();
                }
            });
        }
        drop(finished); // the workers have theirs

        let total = records.len();
        for (done, ()) in (1..).zip(completions) {
            println!("{done}/{total} ({}%)", 100 * done / total);
        }
    });
}
// ANCHOR_END: program
