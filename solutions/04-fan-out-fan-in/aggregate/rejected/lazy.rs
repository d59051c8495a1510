//! breaks: clause 3 · finding: sequential
//! The iterator is asked for one handle at a time, so each thread is joined before the next one starts.

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
        for (index, thread) in tasks.iter().map(|task| scope.spawn(|| process(task))).enumerate() {
            match thread.join().unwrap() {
                Ok(result) => results.push(result),
                Err(error) => failures.push((index, error)),
            }
        }
    });
    (aggregate(results), failures)
}
