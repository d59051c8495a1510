//! breaks: clause 1 · finding: wrong-answer
//! The results are taken in the order in which they arrive.

use std::sync::mpsc;
use std::thread;

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let (sender, receiver) = mpsc::channel();
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        for (index, task) in tasks.iter().enumerate() {
            let (sender, process) = (sender.clone(), &process);
            scope.spawn(move || sender.send((index, process(task))).unwrap());
        }
        drop(sender);
        for (index, outcome) in receiver {
            match outcome {
                Ok(result) => results.push(result),
                Err(error) => failures.push((index, error)),
            }
        }
    });
    (aggregate(results), failures)
}
