//! breaks: clause 1 · finding: deadlock
//! Every worker drops its sender, all lines are written. But the sender that the others were cloned from lives
//! until the end of the function, so the receiver's loop waits for a partial that nobody will send.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::mpsc;
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
    let (sender, receiver) = mpsc::channel();
    let next = || queue.lock().unwrap().next();
    let mut total = 0;
    thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                while let Some(n) = next() {
                    if sender.send((n, work(n))).is_err() {
                        break;
                    }
                }
            });
        }
        for (n, partial) in receiver {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<(), io::Error>(())
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
