//! accepted: work stealing by hand: a crossbeam deque for each worker, whoever has none left takes from the others

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

use crossbeam::deque::{Steal, Stealer, Worker};

/// One task from anybody. None when all deques are empty; no task is ever added, so they stay empty.
fn steal(stealers: &[Stealer<u64>]) -> Option<u64> {
    for stealer in stealers {
        loop {
            match stealer.steal() {
                Steal::Success(n) => return Some(n),
                Steal::Empty => break,
                // Another thief was there first, so somebody has got on.
                Steal::Retry => {}
            }
        }
    }
    None
}

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
    let deques: Vec<Worker<u64>> = (0..workers.min(tasks.len())).map(|_| Worker::new_fifo()).collect();
    for (&n, deque) in tasks.iter().zip(deques.iter().cycle()) {
        deque.push(n);
    }
    let stealers: Vec<_> = deques.iter().map(Worker::stealer).collect();
    let out = Mutex::new(out);
    let worker = |own: Worker<u64>| -> io::Result<u64> {
        let mut sum = 0;
        while let Some(n) = own.pop().or_else(|| steal(&stealers)) {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        Ok(sum)
    };
    let total = thread::scope(|scope| {
        let worker = &worker;
        let threads: Vec<_> = deques.into_iter().map(|own| scope.spawn(move || worker(own))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
