//! breaks: clause 3 · finding: too-late
//! The caller writes the line of the first task, then of the second, and so on, each as soon as it is there. But a
//! task that completes before an earlier one has to wait for it.

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
    let (senders, receivers): (Vec<_>, Vec<_>) = tasks.iter().map(|_| mpsc::channel()).unzip();
    let queue = Mutex::new(tasks.iter().copied().zip(senders));
    let next = || queue.lock().unwrap().next();
    let total = thread::scope(|scope| {
        for _ in 0..workers {
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                while let Some((n, sender)) = next() {
                    if sender.send(work(n)).is_err() {
                        break;
                    }
                }
            });
        }
        let mut total = 0;
        for (n, receiver) in tasks.iter().zip(receivers) {
            // An error means that the task has panicked: the scope will say so.
            let Ok(partial) = receiver.recv() else { break };
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<u64, io::Error>(total)
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
