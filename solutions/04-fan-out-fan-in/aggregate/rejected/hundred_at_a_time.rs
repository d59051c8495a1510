//! breaks: clause 3 · finding: sequential
//! At most 100 threads at the same time.

use std::thread;

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let outcomes: Vec<Result<R, E>> = thread::scope(|scope| {
        let process = &process;
        let mut outcomes = Vec::new();
        // Thousands of threads would be too many.
        for some in tasks.chunks(100) {
            let threads: Vec<_> = some.iter().map(|task| scope.spawn(move || process(task))).collect();
            outcomes.extend(threads.into_iter().map(|thread| thread.join().expect("a task panicked")));
        }
        outcomes
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
