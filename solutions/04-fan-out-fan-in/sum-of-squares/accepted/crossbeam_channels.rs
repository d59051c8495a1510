//! accepted: crossbeam's channels, tasks in a full one, partials through a rendezvous, in crossbeam's scope

use std::io::{self, Write};

use crossbeam::channel;

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
    let (task_sender, task_receiver) = channel::unbounded();
    for &n in tasks {
        task_sender.send(n).expect("the receiver is in this function");
    }
    drop(task_sender);
    let (partial_sender, partial_receiver) = channel::bounded(0);
    let total = crossbeam::scope(|scope| {
        for _ in 0..workers.min(tasks.len()) {
            let (tasks, partials, work) = (task_receiver.clone(), partial_sender.clone(), &work);
            scope.spawn(move |_| {
                for n in tasks {
                    if partials.send((n, work(n))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(partial_sender);
        let mut total = 0;
        for (n, partial) in partial_receiver {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<u64, io::Error>(total)
    })
    .expect("no task panics")?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
