//! breaks: clause 3 · finding: sequential
//! Four tasks are started and joined, then the next four.

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
    for (part, tasks) in tasks.chunks(4).enumerate() {
        thread::scope(|scope| {
            let threads: Vec<_> = tasks.iter().map(|task| scope.spawn(|| process(task))).collect();
            for (place, thread) in threads.into_iter().enumerate() {
                match thread.join().unwrap() {
                    Ok(result) => results.push(result),
                    Err(error) => failures.push((4 * part + place, error)),
                }
            }
        });
    }
    (aggregate(results), failures)
}
