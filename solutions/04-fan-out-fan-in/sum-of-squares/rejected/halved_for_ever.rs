//! breaks: clause 1 · finding: crashed
//! The tasks are halved and the halves computed in parallel, which is how rayon likes it. But it stops at no task,
//! not at one: the halves of one task are none and the same one again.

use std::io::{self, Write};
use std::sync::Mutex;

use rayon::ThreadPoolBuilder;

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

fn halve(tasks: &[u64], one: &(impl Fn(&[u64]) -> io::Result<u64> + Sync)) -> io::Result<u64> {
    if tasks.is_empty() {
        return one(tasks);
    }
    let (left, right) = tasks.split_at(tasks.len() / 2);
    let (left, right) = rayon::join(|| halve(left, one), || halve(right, one));
    Ok(left? + right?)
}

/// Computes every task on `workers` workers and returns the sum of the partials.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");
    let out = Mutex::new(out);
    let one = |tasks: &[u64]| -> io::Result<u64> {
        let mut sum = 0;
        for &n in tasks {
            let partial = work(n);
            writeln!(out.lock().unwrap(), "n={n}: {partial}")?;
            sum += partial;
        }
        Ok(sum)
    };
    let total = ThreadPoolBuilder::new()
        .num_threads(workers)
        .build_scoped(|thread| thread.run(), |pool| pool.install(|| halve(tasks, &one)))
        .expect("the pool's threads start")?;
    writeln!(out.into_inner().unwrap(), "\nAggregate total: {total}")?;
    Ok(total)
}
