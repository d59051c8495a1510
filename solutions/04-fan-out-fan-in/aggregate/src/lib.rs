//! Aggregate, solved with two lines: one starts all threads, one joins them.
//!
//! `collect` is what separates the two. Without it the iterator would start a thread only when it is asked for the next
//! handle, and each thread would be joined before the next one starts. The threads are joined in the order of the tasks,
//! so a result needs nothing else to find its place.

use std::thread;

/// Calls `process` for each task, on a thread for each, and makes one value of the results.
///
/// Returns what `aggregate` made of the results, and the index and the error of each task that failed.
///
/// # Panics
/// If `process` panics for a task.
pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let outcomes = thread::scope(|scope| -> Vec<Result<R, E>> {
        let threads: Vec<_> = tasks.iter().map(|task| scope.spawn(|| process(task))).collect();
        // `join` tells of a panic. It comes out here, and the scope waits for the other threads.
        threads.into_iter().map(|thread| thread.join().expect("no task panics")).collect()
    });
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(result) => results.push(result),
            Err(error) => failures.push((index, error)),
        }
    }
    (aggregate(results), failures)
}
