//! accepted: a thread for each worker that all start together at a barrier; each task has a OnceLock for its partial

use std::io::{self, Write};
use std::sync::{Barrier, Mutex, OnceLock};
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
    let workers = workers.min(tasks.len());
    let slots: Vec<OnceLock<u64>> = tasks.iter().map(|_| OnceLock::new()).collect();
    let jobs = Mutex::new(tasks.iter().zip(&slots));
    let out = Mutex::new(out);
    let start = Barrier::new(workers);
    let worker = || -> io::Result<()> {
        start.wait();
        loop {
            let Some((&n, slot)) = jobs.lock().unwrap().next() else { return Ok(()) };
            let partial = slot.get_or_init(|| work(n));
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let total = slots.iter().map(|slot| slot.get().expect("every task is done")).sum();
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
