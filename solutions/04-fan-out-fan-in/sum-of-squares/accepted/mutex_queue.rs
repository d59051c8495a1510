//! accepted: an iterator under a mutex, the writer under another, partial sums per thread joined at the end

use std::io::{self, Write};
use std::panic;
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
    let out = Mutex::new(out);
    // A function of its own, so that the guard is gone before the work begins.
    let next = || queue.lock().unwrap().next();
    let worker = || -> io::Result<u64> {
        let mut sum = 0;
        while let Some(n) = next() {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        Ok(sum)
    };
    let sums: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(tasks.len())).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut total = 0;
    let mut failure = None;
    for sum in sums {
        match sum {
            Ok(Ok(sum)) => total += sum,
            Ok(Err(error)) => failure = failure.or(Some(error)),
            Err(payload) => panic::resume_unwind(payload),
        }
    }
    if let Some(error) = failure {
        return Err(error);
    }
    let mut out = out.into_inner().unwrap();
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
