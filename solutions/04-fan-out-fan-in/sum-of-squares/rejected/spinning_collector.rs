//! breaks: clause 9 · finding: busy-wait
//! The caller writes every partial the moment it comes in. But it asks for the next without a pause, and keeps a
//! core busy that a worker could use.

use std::hint;
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::mpsc::{self, TryRecvError};
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
                    if sender.send((n, work(n))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let receiver = receiver;
        let mut total = 0;
        loop {
            match receiver.try_recv() {
                Ok((n, partial)) => {
                    writeln!(out, "n={n}: {partial}")?;
                    total += partial;
                }
                Err(TryRecvError::Empty) => hint::spin_loop(),
                Err(TryRecvError::Disconnected) => break Ok::<u64, io::Error>(total),
            }
        }
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
