//! breaks: clause 1 · finding: sequential
//! One lock is for all calls: a second call waits for the first one.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Two crowds of threads at once would be too many.
static TURN: Mutex<()> = Mutex::new(());

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let process = &process;
    let (mut results, mut failures, mut broken) = (Vec::new(), Vec::new(), None);
    thread::scope(|scope| {
        let threads: Vec<_> = tasks.iter().map(|task| scope.spawn(move || process(task))).collect();
        for (index, thread) in threads.into_iter().enumerate() {
            match thread.join() {
                Ok(Ok(result)) => results.push(result),
                Ok(Err(error)) => failures.push((index, error)),
                Err(payload) => broken = Some(payload),
            }
        }
    });
    if let Some(payload) = broken {
        resume_unwind(payload);
    }
    (aggregate(results), failures)
}
