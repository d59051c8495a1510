//! breaks: clause 7 · finding: race
//! When the last sender is gone all workers have ended: those that panicked are asked for before the total is written.
//! But a worker that panics drops its sender first and ends later: in between it is not finished yet, and not asked.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let next = AtomicUsize::new(0);
    let (partials, arrivals) = mpsc::channel();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for _ in 0..workers.min(tasks.len()) {
            let partials = partials.clone();
            let (next, work) = (&next, &work);
            threads.push(scope.spawn(move || {
                while let Some(&n) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if partials.send((n, work(n))).is_err() {
                        break;
                    }
                }
            }));
        }
        drop(partials);
        let mut total = 0;
        for (n, partial) in arrivals {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        for thread in threads.into_iter().filter(|thread| thread.is_finished()) {
            thread.join().expect("a task panicked");
        }
        writeln!(out, "\nAggregate total: {total}")?;
        Ok(total)
    })
}
