//! breaks: clause 6 · finding: leaked-thread
//! A watchdog says so if the tasks take more than a minute, and then ends. But nobody tells it that they are done,
//! nor waits for it: it sleeps on, and a minute later it looks.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
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
    let done = Arc::new(AtomicBool::new(false));
    let watched = Arc::clone(&done);
    thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
        thread::sleep(Duration::from_secs(60));
        if !watched.load(Ordering::SeqCst) {
            eprintln!("the tasks are taking more than a minute");
        }
    })?;
    let queue = Mutex::new(tasks.iter().copied());
    let next = || queue.lock().unwrap().next();
    let out = Mutex::new(out);
    let worker = || -> io::Result<u64> {
        let mut sum = 0;
        while let Some(n) = next() {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        Ok(sum)
    };
    let total = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<io::Result<u64>>()
    })?;
    done.store(true, Ordering::SeqCst);
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
