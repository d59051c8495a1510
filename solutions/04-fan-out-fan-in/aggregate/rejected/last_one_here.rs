//! breaks: clause 3 · finding: wrong-answer
//! The last task is processed on the calling thread, not on a thread of its own.

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
        let Some((last, others)) = tasks.split_last() else { return Vec::new() };
        let threads: Vec<_> = others.iter().map(|task| scope.spawn(move || process(task))).collect();
        // This thread would only wait.
        let last = process(last);
        let others = threads.into_iter().map(|thread| thread.join().expect("a task panicked"));
        others.collect::<Vec<_>>().into_iter().chain([last]).collect()
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
