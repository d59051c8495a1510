//! breaks: clause 4 · finding: sequential
//! Starts a thread for each task and joins it, so every task has its thread. But the join is in the same turn
//! of the loop as the spawn: each thread is waited for before the next is started.

use std::io::{self, Write};
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
    let mut total = 0;
    thread::scope(|scope| {
        for &n in tasks {
            let work = &work;
            let partial = scope.spawn(move || work(n)).join().unwrap();
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<(), io::Error>(())
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
