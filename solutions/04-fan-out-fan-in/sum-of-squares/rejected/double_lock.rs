//! breaks: clause 1 · finding: deadlock
//! The sum is kept under a lock, and so is what it becomes when a partial is added. But both locks are the same one,
//! and the guard of the first is alive while the second is waited for, by the same thread.

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
    let total = Mutex::new(0u64);
    let add = |partial: u64| match total.lock().unwrap().checked_add(partial) {
        Some(sum) => *total.lock().unwrap() = sum,
        None => panic!("the total doesn't fit"),
    };
    let worker = || -> io::Result<()> {
        while let Some(n) = next() {
            let partial = work(n);
            add(partial);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let total = total.into_inner().unwrap();
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
