//! accepted: index and total are atomics, the writer is under a mutex, the caller is one of the workers

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    let next = AtomicUsize::new(0);
    let total = AtomicU64::new(0);
    let out = Mutex::new(out);
    let worker = || -> io::Result<()> {
        while let Some(&n) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let partial = work(n);
            total.fetch_add(partial, Ordering::Relaxed);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..workers.min(tasks.len())).map(|_| scope.spawn(worker)).collect();
        worker()?;
        others.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let total = total.into_inner();
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
