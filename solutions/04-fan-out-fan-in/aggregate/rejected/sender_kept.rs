//! breaks: clause 1 · finding: deadlock
//! The sender that the others are cloned from lives until the loop over the receiver has ended.

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
    let mut ended: Vec<(usize, Result<R, E>)> = Vec::new();
    thread::scope(|scope| {
        for (index, task) in tasks.iter().enumerate() {
            let (sender, process) = (sender.clone(), &process);
            scope.spawn(move || sender.send((index, process(task))).unwrap());
        }
        ended.extend(receiver);
    });
    drop(sender);
    ended.sort_by_key(|(index, _)| *index);
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    for (index, outcome) in ended {
        match outcome {
            Ok(result) => results.push(result),
            Err(error) => failures.push((index, error)),
        }
    }
    (aggregate(results), failures)
}
