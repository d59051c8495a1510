//! breaks: clause 1 · finding: timed-out
//! Each worker keeps its partials in a `Vec`, for which a size is looked for that is surely enough: a fair share,
//! doubled until it is. But with fewer tasks than workers the fair share is 0, and twice 0 is 0.

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
    let mut size = tasks.len() / workers;
    while size * workers < tasks.len() {
        size *= 2;
    }
    let queue = Mutex::new(tasks.iter().copied());
    let next = || queue.lock().unwrap().next();
    let out = Mutex::new(out);
    let worker = || -> io::Result<Vec<u64>> {
        let mut partials = Vec::with_capacity(size);
        while let Some(n) = next() {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            partials.push(partial);
        }
        Ok(partials)
    };
    let total = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        let partials = threads.into_iter().map(|thread| thread.join().unwrap());
        partials.map(|partials| Ok(partials?.iter().sum::<u64>())).sum::<io::Result<u64>>()
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
