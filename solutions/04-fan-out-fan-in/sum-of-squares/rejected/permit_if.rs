//! breaks: clause 5 · finding: oversubscribed
//! A thread for each task waits on a Condvar while no place is free. But it waits with an `if`: when it has been
//! woken, another that never waited may have taken the place, and it goes in all the same.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex};
use std::thread;

struct Places {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// Gives the place back when it goes out of scope, whether its thread returns or unwinds.
struct Permit<'a>(&'a Places);

impl Places {
    fn acquire(&self, workers: usize) -> Permit<'_> {
        let mut taken = self.taken.lock().unwrap();
        if *taken >= workers {
            taken = self.freed.wait(taken).unwrap();
        }
        *taken += 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap() -= 1;
        self.0.freed.notify_one();
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
    let places = Places { taken: Mutex::new(0), freed: Condvar::new() };
    let out = Mutex::new(out);
    let task = |n: u64| -> io::Result<u64> {
        let permit = places.acquire(workers);
        let partial = work(n);
        drop(permit);
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
