//! accepted: the caller looks every five milliseconds for partials that have come in over std's mpsc

use std::io::{self, Write};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

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
    let queue = Arc::new(Mutex::new(tasks.iter().rev().copied().collect::<Vec<u64>>()));
    let (sender, receiver) = mpsc::channel();
    let total = thread::scope(|scope| {
        for _ in 0..workers.min(tasks.len()) {
            let (sender, queue, work) = (sender.clone(), Arc::clone(&queue), &work);
            scope.spawn(move || {
                loop {
                    let Some(n) = queue.lock().unwrap().pop() else { break };
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
                Err(TryRecvError::Empty) => thread::sleep(Duration::from_millis(5)),
                Err(TryRecvError::Disconnected) => break Ok::<u64, io::Error>(total),
            }
        }
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
