//! breaks: clause 1 · finding: deadlock
//! Total and writer have a lock each, and every line is written with the total held so that the two agree. But a
//! record, the largest partial so far, takes them in the other order: two workers may hold one each and wait.

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
    let total = Mutex::new(0);
    let largest = Mutex::new(0);
    let worker = || -> io::Result<()> {
        while let Some(n) = next() {
            let partial = work(n);
            let record = {
                let mut largest = largest.lock().unwrap();
                let record = partial > *largest;
                *largest = partial.max(*largest);
                record
            };
            if record {
                let mut out = out.lock().unwrap();
                writeln!(out, "n={n}: {partial}")?;
                *total.lock().unwrap() += partial;
            } else {
                let mut total = total.lock().unwrap();
                *total += partial;
                writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            }
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
