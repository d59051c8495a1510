//! breaks: exercise · finding: does-not-compile
//! A thread for each worker, an `Arc` for what they share, a reference to `work`. But `thread::spawn` starts threads that
//! may outlive the call, and `work` lives no longer than that: the compiler doesn't let them borrow it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
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
    let queue = Arc::new(Mutex::new(tasks.to_vec()));
    let out = Arc::new(Mutex::new(out));
    let threads: Vec<_> = (0..workers)
        .map(|_| {
            let (queue, out, work) = (Arc::clone(&queue), Arc::clone(&out), &work);
            thread::spawn(move || -> io::Result<u64> {
                let mut sum = 0;
                loop {
                    let Some(n) = queue.lock().unwrap().pop() else { return Ok(sum) };
                    let partial = work(n);
                    writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
                    sum += partial;
                }
            })
        })
        .collect();
    let mut total = 0;
    for thread in threads {
        total += thread.join().unwrap()?;
    }
    writeln!(out.lock().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
