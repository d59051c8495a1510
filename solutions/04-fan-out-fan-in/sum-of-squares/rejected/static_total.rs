//! breaks: exercise · finding: forbidden
//! The total is a `static mut`, and only touched under the writer's lock, so it is even right. But it takes `unsafe`
//! to say so, two calls at once would share it, and an atomic or a sum per thread needs neither.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

static mut TOTAL: u64 = 0;

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
    unsafe { TOTAL = 0 };
    let out = Mutex::new(out);
    let worker = || -> io::Result<()> {
        while let Some(n) = next() {
            let partial = work(n);
            let mut out = out.lock().unwrap();
            unsafe { TOTAL += partial };
            writeln!(out, "n={n}: {partial}")?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let total = unsafe { TOTAL };
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
