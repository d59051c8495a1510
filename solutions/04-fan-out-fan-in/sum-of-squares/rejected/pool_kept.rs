//! breaks: clause 6 · finding: leaked-thread
//! A pool is dear to make, so this one is never dropped. But nobody can use it again either: each call leaves
//! `workers` threads behind that wait for jobs.

use std::io::{self, Write};
use std::mem;
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
    assert!(workers > 0, "tasks need at least one worker");
    let out = Mutex::new(out);
    let one = |&n: &u64| -> io::Result<u64> {
        let partial = work(n);
        writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
        Ok(partial)
    };
    let pool = ThreadPoolBuilder::new().num_threads(workers).build().expect("the pool's threads start");
    let total = pool.install(|| tasks.par_iter().map(one).try_reduce(|| 0, |a, b| Ok(a + b)));
    mem::forget(pool);
    let total = total?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
