//! breaks: clause 8 · finding: deadlock
//! When a line can't be written the caller stops and returns the error. But the scope waits for the workers first,
//! and they wait to send: the channel is bounded, and its receiver is borrowed and still there.

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
    let (sender, receiver) = mpsc::sync_channel(0);
    let total = thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                while let Some(n) = next() {
                    sender.send((n, work(n))).expect("the receiver is in this function");
                }
            });
        }
        drop(sender);
        let mut total = 0;
        for (n, partial) in &receiver {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<u64, io::Error>(total)
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
