//! accepted: a wave of `workers` scoped threads at a time, each hands its partial over with join

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
    let out = Mutex::new(out);
    let task = |n: u64| -> io::Result<u64> {
        let partial = work(n);
        writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        Ok(partial)
    };
    let mut total = 0;
    for wave in tasks.chunks(workers) {
        total += thread::scope(|scope| {
            let task = &task;
            let threads: Vec<_> = wave.iter().map(|&n| scope.spawn(move || task(n))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
        })?;
    }
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
