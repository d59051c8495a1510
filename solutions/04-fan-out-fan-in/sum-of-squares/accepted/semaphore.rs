//! accepted: a thread for each task, and a semaphore by hand that lets `workers` of them in

use std::io::{self, Write};
use std::panic;
use std::sync::{Condvar, Mutex};
use std::thread;

struct Semaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

/// Gives the place back when it goes out of scope, whether its thread returns or unwinds.
struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    fn acquire(&self) -> Permit<'_> {
        let mut free = self.free.lock().unwrap();
        while *free == 0 {
            free = self.freed.wait(free).unwrap();
        }
        *free -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
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
    let places = Semaphore { free: Mutex::new(workers), freed: Condvar::new() };
    let out = Mutex::new(out);
    let task = |n: u64| -> io::Result<u64> {
        let permit = places.acquire();
        let partial = work(n);
        drop(permit);
        writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        Ok(partial)
    };
    let partials: Vec<_> = thread::scope(|scope| {
        let task = &task;
        let threads: Vec<_> = tasks.iter().map(|&n| scope.spawn(move || task(n))).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut total = 0;
    for partial in partials {
        total += partial.unwrap_or_else(|payload| panic::resume_unwind(payload))?;
    }
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
