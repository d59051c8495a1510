//! Sum of squares: tasks fan out to workers, and their partial sums fan in to one total.

use std::io::{self, Write};

/// The sum of i² for 0 ≤ i < n. This function is given.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Computes every task on `workers` workers and returns the sum of the partials.
///
/// * `tasks`: the `n` of each task. The same `n` may appear more than once. Each is a task of its own.
/// * `workers`: how many tasks may be in progress at once.
/// * `work`: computes the partial of one task from its `n`. Call it once for each task.
/// * `out`: gets the line `n={n}: {partial}` as each task completes. After the last one it gets an empty line and
///   the line `Aggregate total: {total}`.
///
/// The sum of all partials fits in a `u64`.
///
/// # Errors
/// The error of `out`, if writing fails. Tasks that have not started by then may be left out.
///
/// # Panics
/// If `workers` is 0, and if `work` panics for a task.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    let _ = (tasks, workers, work, out);
    todo!("fan the tasks out, and their partials in")
}
