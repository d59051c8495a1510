//! breaks: clause 1 · finding: wrong-answer
//! The tasks are taken in rounds of as many as there are workers, so that all are in use. But `chunks_exact` yields
//! full chunks only: what is left over at the end is not computed.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let workers = workers.min(tasks.len()).max(1);
    let out = Mutex::new(out);
    let task = |n: u64| -> io::Result<u64> {
        let partial = work(n);
        writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        Ok(partial)
    };
    let mut total = 0;
    for round in tasks.chunks_exact(workers) {
        total += thread::scope(|scope| {
            let task = &task;
            let threads: Vec<_> = round.iter().map(|&n| scope.spawn(move || task(n))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
        })?;
    }
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
