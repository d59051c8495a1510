//! breaks: clause 7 · finding: livelock
//! The caller sleeps for ten milliseconds at a time until all tasks are done. But a task that panics is never done:
//! then the caller wakes up and goes back to sleep for ever.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

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
    let done = AtomicUsize::new(0);
    let total = Mutex::new(Ok(0));
    let worker = || {
        while let Some(n) = next() {
            let partial = work(n);
            let written = writeln!(out.lock().unwrap(), "n={n}: {partial}");
            let mut total = total.lock().unwrap();
            match (&mut *total, written) {
                (Ok(total), Ok(())) => *total += partial,
                (Ok(_), Err(error)) => *total = Err(error),
                (Err(_), _) => {}
            }
            done.fetch_add(1, Ordering::SeqCst);
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
        while done.load(Ordering::SeqCst) < tasks.len() {
            thread::sleep(Duration::from_millis(10));
        }
    });
    let total: u64 = total.into_inner().unwrap()?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
