//! breaks: clause 1 · finding: panicked
//! The first worker makes the board, and says so when it is made. But it says so from inside: for a moment the others
//! know of a board that is not there yet.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
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
    let next = AtomicUsize::new(0);
    let made = AtomicBool::new(false);
    let total = OnceLock::new();
    let out = Mutex::new(out);
    thread::scope(|scope| {
        let worker = || -> io::Result<()> {
            while let Some(&n) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let partial = work(n);
                writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
                let total = if made.load(Ordering::SeqCst) {
                    total.get().expect("it was made")
                } else {
                    total.get_or_init(|| {
                        made.store(true, Ordering::SeqCst);
                        Mutex::new(0)
                    })
                };
                *total.lock().unwrap() += partial;
            }
            Ok(())
        };
        let threads: Vec<_> = (0..workers.min(tasks.len())).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let total = total.into_inner().map_or(0, |total| total.into_inner().unwrap());
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
