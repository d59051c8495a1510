//! sum-of-squares: the first sender stays alive while the results are read, so the loop never ends.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0);
    let (tx, rx) = mpsc::channel();
    let next = AtomicUsize::new(0);
    thread::scope(|s| {
        for _ in 0..workers {
            let tx = tx.clone();
            let (next, work) = (&next, &work);
            s.spawn(move || {
                while let Some(&n) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if tx.send((n, work(n))).is_err() {
                        return;
                    }
                }
            });
        }
        let mut total = 0;
        for (n, partial) in rx {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        writeln!(out, "\nAggregate total: {total}")?;
        Ok(total)
    })
}
