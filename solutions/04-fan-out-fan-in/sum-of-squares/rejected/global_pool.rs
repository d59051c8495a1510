//! breaks: clause 5 · finding: oversubscribed
//! One line of rayon, and it is fast. But it runs on rayon's global pool, with a thread for each core: `workers` is
//! looked at only to refuse a zero.

use std::io::{self, Write};
use std::sync::Mutex;

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
    let total = tasks.par_iter().map(one).try_reduce(|| 0, |a, b| Ok(a + b))?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
