//! sum-of-squares: `workers` is a `u32`.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

pub fn run<F, W>(tasks: &[u64], workers: u32, work: F, out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0);
    let next = AtomicUsize::new(0);
    let shared = Mutex::new((out, 0));
    thread::scope(|s| {
        let threads: Vec<_> = (0..workers)
            .map(|_| {
                s.spawn(|| -> io::Result<()> {
                    while let Some(&n) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let partial = work(n);
                        let mut shared = shared.lock().unwrap();
                        writeln!(shared.0, "n={n}: {partial}")?;
                        shared.1 += partial;
                    }
                    Ok(())
                })
            })
            .collect();
        threads.into_iter().try_for_each(|t| t.join().unwrap())
    })?;
    let (mut out, total) = shared.into_inner().unwrap();
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
