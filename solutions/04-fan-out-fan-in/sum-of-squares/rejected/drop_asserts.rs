//! breaks: clause 7 · finding: crashed
//! A place is a guard that gives itself back when it is dropped, so that none is lost. But it also asserts that its task
//! is done: when `work` panics that is a second panic, while the first one unwinds, and the process aborts.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex};
use std::thread;

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// How many workers are free, and the news of it.
struct Places {
    free: Mutex<usize>,
    freed: Condvar,
}

/// One worker's place, until it is dropped.
struct Place<'a> {
    places: &'a Places,
    done: bool,
}

impl Places {
    fn take(&self) -> Place<'_> {
        *self.freed.wait_while(self.free.lock().unwrap(), |free| *free == 0).unwrap() -= 1;
        Place { places: self, done: false }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        assert!(self.done, "a place is given back by a task that is not done");
        *self.places.free.lock().unwrap() += 1;
        self.places.freed.notify_one();
    }
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let places = Places { free: Mutex::new(workers), freed: Condvar::new() };
    let out = Mutex::new(out);
    let task = |n: u64| -> io::Result<u64> {
        let mut place = places.take();
        let partial = work(n);
        place.done = true;
        drop(place);
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
