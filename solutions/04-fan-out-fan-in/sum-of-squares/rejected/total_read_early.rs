//! breaks: clause 1 · finding: race
//! The caller sleeps until the last worker has signed off, and then reads the total. But a worker signs off before
//! it adds its sum: the caller may read in between.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// Signs its worker off, also if the worker panics.
struct Running<'a>(&'a Mutex<usize>, &'a Condvar);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        *self.0.lock().unwrap() -= 1;
        self.1.notify_one();
    }
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
    let queue = Mutex::new(tasks.iter().copied());
    let next = || queue.lock().unwrap().next();
    let out = Mutex::new(out);
    let total = AtomicU64::new(0);
    let (running, ended) = (Mutex::new(workers), Condvar::new());
    let worker = || -> io::Result<()> {
        let signed_on = Running(&running, &ended);
        let mut sum = 0;
        while let Some(n) = next() {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        drop(signed_on);
        total.fetch_add(sum, Ordering::SeqCst);
        Ok(())
    };
    let total = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        drop(ended.wait_while(running.lock().unwrap(), |running| *running > 0).unwrap());
        let total = total.load(Ordering::SeqCst);
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())?;
        Ok::<u64, io::Error>(total)
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
