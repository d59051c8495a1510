//! breaks: clause 1 · finding: race
//! The index of the next task is under a lock. But it is read under one lock and moved on under another: two workers
//! can read the same index before either moves it.

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
    let index = Mutex::new(0);
    let next = || {
        let n = tasks.get(*index.lock().unwrap());
        *index.lock().unwrap() += 1;
        n
    };
    let out = Mutex::new(out);
    let worker = || -> io::Result<u64> {
        let mut sum = 0;
        while let Some(&n) = next() {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        Ok(sum)
    };
    let total = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
