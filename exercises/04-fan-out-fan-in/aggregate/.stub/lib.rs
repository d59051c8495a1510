//! Aggregate: a thread for each task, one value from all results, and a list of the tasks that failed.

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
    let outcomes = thread::scope(|_scope| -> Vec<Result<R, E>> {
        let _ = (tasks, &process);
        todo!("start a thread for each task; then wait for each, in the order of the tasks")
    });
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(result) => results.push(result),
            Err(error) => {
                let _ = (index, error, &mut failures);
                todo!("a failure must not vanish")
            }
        }
    }
    (aggregate(results), failures)
}
