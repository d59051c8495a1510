//! accepted: a rayon pool that is dropped at the end, a job for each task, partials through a channel to the caller

use std::io::{self, Write};
use std::sync::mpsc;

use rayon::ThreadPoolBuilder;

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let pool = ThreadPoolBuilder::new().num_threads(workers).build().expect("the pool's threads start");
    let total = pool.in_place_scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for &n in tasks {
            let (sender, work) = (sender.clone(), &work);
            scope.spawn(move |_| {
                // An error means that the caller has given up.
                let _ = sender.send((n, work(n)));
            });
        }
        drop(sender);
        let mut total = 0;
        for (n, partial) in receiver {
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<u64, io::Error>(total)
    })?;
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
