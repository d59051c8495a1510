//! breaks: clause 5 · finding: oversubscribed
//! The caller has nothing to do while the workers are at it, so it takes tasks as well. But it has started all the
//! `workers` before: with itself that is one too many.

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
    let queue = Mutex::new(tasks.iter().copied());
    let next = || queue.lock().unwrap().next();
    let out = Mutex::new(out);
    let worker = || -> io::Result<u64> {
        let mut sum = 0;
        while let Some(n) = next() {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        Ok(sum)
    };
    let total = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        let own = worker();
        let others = threads.into_iter().map(|thread| thread.join().unwrap());
        others.chain([own]).sum::<io::Result<u64>>()
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
