//! breaks: clause 2 · finding: wrong-answer
//! What failed is left out, as it is where the failures are only printed.

use std::thread;

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    thread::scope(|scope| {
        let threads: Vec<_> = tasks.iter().map(|task| scope.spawn(|| process(task))).collect();
        let outcomes = threads.into_iter().map(|thread| thread.join().unwrap());
        (aggregate(outcomes.flatten().collect()), Vec::new())
    })
}
