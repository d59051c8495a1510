//! breaks: clause 7 · finding: deadlock
//! As many partials are received as there are tasks: then all must be in. But a task that panics sends none, and
//! the sender that is kept here keeps the channel open: the last `recv` waits for ever.

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
        let receiver = receiver;
        for _ in tasks {
            let (n, partial) = receiver.recv().expect("a sender is in this function");
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<(), io::Error>(())
    })?;
    drop(sender);
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
