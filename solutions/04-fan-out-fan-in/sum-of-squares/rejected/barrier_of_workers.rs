//! breaks: clause 1 · finding: deadlock
//! The workers go in rounds and meet at a barrier after each. But if the tasks don't come out even, some workers end
//! before the last round, and the others wait for them at the barrier.

use std::io::{self, Write};
use std::sync::{Barrier, Mutex};
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
    let out = Mutex::new(out);
    let round = Barrier::new(workers);
    let worker = |first: usize| -> io::Result<u64> {
        let mut sum = 0;
        for &n in tasks.iter().skip(first).step_by(workers) {
            let partial = work(n);
            let written = writeln!(out.lock().unwrap(), "n={n}: {partial}");
            round.wait();
            written?;
            sum += partial;
        }
        Ok(sum)
    };
    let total = thread::scope(|scope| {
        let worker = &worker;
        let threads: Vec<_> = (0..workers).map(|first| scope.spawn(move || worker(first))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
