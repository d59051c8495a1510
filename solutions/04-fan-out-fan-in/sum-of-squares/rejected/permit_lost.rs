//! breaks: clause 7 · finding: deadlock
//! A thread for each task, and a count of free places that each waits for and gives back. But a task that panics
//! doesn't get to the line that gives its place back: with one worker all others wait for it.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex};
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
    let free = Mutex::new(workers);
    let freed = Condvar::new();
    let out = Mutex::new(out);
    let task = |n: u64| -> io::Result<u64> {
        let mut places = freed.wait_while(free.lock().unwrap(), |free| *free == 0).unwrap();
        *places -= 1;
        drop(places);
        let partial = work(n);
        *free.lock().unwrap() += 1;
        freed.notify_one();
        writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        Ok(partial)
    };
    let total = thread::scope(|scope| {
        let task = &task;
        let threads: Vec<_> = tasks.iter().map(|&n| scope.spawn(move || task(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
