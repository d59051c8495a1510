//! breaks: clause 2 · finding: swallowed-panic
//! A thread that has panicked is passed over, and the aggregate looks complete.

use std::thread;

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let threads: Vec<_> = tasks.iter().map(|task| scope.spawn(|| process(task))).collect();
        for (index, thread) in threads.into_iter().enumerate() {
            match thread.join() {
                Ok(Ok(result)) => results.push(result),
                Ok(Err(error)) => failures.push((index, error)),
                Err(_) => {}
            }
        }
    });
    (aggregate(results), failures)
}
