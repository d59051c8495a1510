//! accepted: the last worker wakes the caller, which reads the total as soon as all have counted themselves out
//! for when the caller has something to do before it joins: the count's orders carry the total to it.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, Thread};

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Counts a worker out, also when it panics, and wakes the caller after the last one.
struct AtWork<'a> {
    left: &'a AtomicUsize,
    caller: &'a Thread,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.caller.unpark();
        }
    }
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let workers = workers.min(tasks.len());
    let (next, left) = (AtomicUsize::new(0), AtomicUsize::new(workers));
    let total = AtomicU64::new(0);
    let out = Mutex::new(out);
    let caller = thread::current();
    let worker = || -> io::Result<()> {
        let _at_work = AtWork { left: &left, caller: &caller };
        while let Some(&n) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            total.fetch_add(partial, Ordering::Relaxed);
        }
        Ok(())
    };
    let total = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        while left.load(Ordering::Acquire) > 0 {
            thread::park();
        }
        let total = total.load(Ordering::Relaxed);
        threads.into_iter().try_for_each(|thread| thread.join().unwrap()).map(|()| total)
    })?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
