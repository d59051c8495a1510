//! breaks: clause 3 · finding: too-late
//! The lines are in the order of completion, as the channel has brought them. But they are written after the last
//! thread has ended: until then nobody sees any of them.

use std::io::{self, Write};
use std::sync::{Mutex, mpsc};
use std::thread;

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let queue = Mutex::new(tasks.iter().copied());
    let next = || queue.lock().unwrap().next();
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                while let Some(n) = next() {
                    sender.send((n, work(n))).expect("the receiver is in this function");
                }
            });
        }
    });
    drop(sender);
    let mut total = 0;
    for (n, partial) in receiver {
        writeln!(out, "n={n}: {partial}")?;
        total += partial;
    }
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
