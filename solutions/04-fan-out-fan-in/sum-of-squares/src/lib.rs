//! Sum of squares, solved with scoped threads, an atomic index and a channel.
//!
//! Fan-out: every worker takes its next task from one shared place, the next index, so none is idle while
//! tasks are left. Fan-in: all partials go into one channel, and one thread, the caller's, reads it. It alone
//! writes, so no line can cut into another and nothing needs a lock.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// The sum of i² for 0 ≤ i < n.
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

/// Computes every task on `workers` workers and returns the sum of the partials.
///
/// # Errors
/// The error of `out`, if writing fails.
///
/// # Panics
/// If `workers` is 0, and if `work` panics for a task.
pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "tasks need at least one worker");

    // The next task that nobody has taken. `fetch_add` reads and adds in one step, so no two workers get the
    // same index; a load and a store would leave a gap between them in which another worker reads the same.
    let next = AtomicUsize::new(0);
    let (partials, arrivals) = mpsc::channel();

    // A scope, because `tasks` and `work` are borrowed: threads of `thread::spawn` might outlive them. It
    // also keeps two promises for us. It ends only when all its threads have, and it panics if one of them
    // did.
    let total = thread::scope(|scope| {
        // More workers than tasks would find nothing to do.
        for _ in 0..workers.min(tasks.len()) {
            // A sender for each worker, dropped when the worker ends, even if it ends by a panic.
            let partials = partials.clone();
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                // Relaxed will do: the index orders nothing but itself.
                while let Some(&n) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // The partial travels with its `n`: arrivals come in the order of completion, which says
                    // nothing about whose they are.
                    if partials.send((n, work(n))).is_err() {
                        // Nobody reads any more, because writing failed. Further work would be for nothing.
                        break;
                    }
                }
            });
        }
        // The receiver's loop ends when the last sender is gone. This is the one that no worker drops.
        drop(partials);

        // The loop waits for whichever worker sends next: that is the order of completion. It does not count
        // arrivals, since a worker that panics sends fewer than were hoped for.
        let mut total = 0;
        for (n, partial) in arrivals {
            // On an error `?` leaves the scope's closure and drops `arrivals`. The workers notice when they
            // send, and the scope waits for them.
            writeln!(out, "n={n}: {partial}")?;
            total += partial;
        }
        Ok::<u64, io::Error>(total)
    })?;

    // Outside the scope: if a worker has panicked, we never get here, and an incomplete total is not written.
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
