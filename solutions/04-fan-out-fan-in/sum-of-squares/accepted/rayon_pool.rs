//! accepted: a rayon pool whose threads are joined, a parallel iterator, try_reduce

use std::io::{self, Write};
use std::sync::Mutex;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

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
    let out = Mutex::new(out);
    assert!(workers > 0, "tasks need at least one worker");
    let one = |&n: &u64| -> io::Result<u64> {
        let partial = work(n);
        writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        Ok(partial)
    };
    let total = ThreadPoolBuilder::new()
        .num_threads(workers)
        .build_scoped(
            |thread| thread.run(),
            |pool| pool.install(|| tasks.par_iter().map(one).try_reduce(|| 0, |a, b| Ok(a + b))),
        )
        .expect("the pool's threads start")?;
    let mut out = out.into_inner().unwrap();
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
