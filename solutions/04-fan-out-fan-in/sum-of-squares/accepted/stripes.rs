//! accepted: tasks are dealt out before the start, every `workers`-th to the same thread; partial sums are joined

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
    let stripe = |first: usize| -> io::Result<u64> {
        let mut sum = 0;
        for &n in tasks.iter().skip(first).step_by(workers) {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        Ok(sum)
    };
    let total = thread::scope(|scope| {
        let stripe = &stripe;
        let threads: Vec<_> =
            (0..workers.min(tasks.len())).map(|first| scope.spawn(move || stripe(first))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
