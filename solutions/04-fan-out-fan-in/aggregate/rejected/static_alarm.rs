//! breaks: clause 1 · finding: race
//! A static flag says that a task panicked, so the wrong call may see it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Set when a task has panicked.
static ALARM: AtomicBool = AtomicBool::new(false);

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let outcomes: Vec<Option<Result<R, E>>> = thread::scope(|scope| {
        let process = &process;
        let mut threads = Vec::with_capacity(tasks.len());
        for task in tasks {
            threads.push(scope.spawn(move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| process(task)));
                if outcome.is_err() {
                    ALARM.store(true, Ordering::SeqCst);
                }
                outcome.ok()
            }));
        }
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    if ALARM.swap(false, Ordering::SeqCst) {
        panic!("a task panicked");
    }
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Some(Ok(result)) => results.push(result),
            Some(Err(error)) => failures.push((index, error)),
            None => {}
        }
    }
    (aggregate(results), failures)
}
