//! breaks: clause 2 · finding: race
//! Tasks are taken in order, and as many partials arrive as there are tasks, so the two are put together one by one.
//! But partials arrive in the order of completion, and then a line says the n of one task and the sum of another.

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
    let total = thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                while let Some(n) = next() {
                    if sender.send(work(n)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut total = 0;
        for (partial, n) in receiver.into_iter().zip(tasks) {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<u64, io::Error>(total)
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
