//! breaks: clause 2 · finding: wrong-answer
//! The index of a failure is its place among the failures.

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
        for thread in threads {
            match thread.join().unwrap() {
                Ok(result) => results.push(result),
                Err(error) => failures.push((failures.len(), error)),
            }
        }
    });
    (aggregate(results), failures)
}
