//! breaks: clause 5 · finding: oversubscribed
//! Every thread is started before the first partial is read, the sender is dropped, lines come as tasks
//! complete. But there is a thread for each task: `workers` is looked at only to refuse a zero.

use std::io::{self, Write};
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
    let (sender, receiver) = mpsc::channel();
    let mut total = 0;
    thread::scope(|scope| {
        for &n in tasks {
            let (sender, work) = (sender.clone(), &work);
            scope.spawn(move || sender.send((n, work(n))));
        }
        drop(sender);
        for (n, partial) in receiver {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<(), io::Error>(())
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
