//! accepted: both lists under a lock, sorted at the end

use std::sync::Mutex;
use std::thread;

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let lists = Mutex::new((Vec::new(), Vec::new()));
    thread::scope(|scope| {
        for (index, task) in tasks.iter().enumerate() {
            let (lists, process) = (&lists, &process);
            scope.spawn(move || {
                let outcome = process(task);
                let mut lists = lists.lock().unwrap();
                match outcome {
                    Ok(result) => lists.0.push((index, result)),
                    Err(error) => lists.1.push((index, error)),
                }
            });
        }
    });
    let (mut results, mut failures) = lists.into_inner().unwrap();
    results.sort_by_key(|(index, _)| *index);
    failures.sort_by_key(|(index, _)| *index);
    (aggregate(results.into_iter().map(|(_, result)| result).collect()), failures)
}
