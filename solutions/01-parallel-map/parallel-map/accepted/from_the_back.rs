//! accepted: a list that is popped from the back, so that the last item begins first
//! for when nothing is asked about the order of beginning: a `Vec` is the cheapest stack.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let stack: Mutex<Vec<(usize, T)>> = Mutex::new(items.into_iter().enumerate().collect());
    let count = workers.min(stack.lock().unwrap().len());
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                loop {
                    let top = stack.lock().unwrap().pop();
                    let Some((i, item)) = top else { break };
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    if end.is_err() {
                        let rest = std::mem::take(&mut *stack.lock().unwrap());
                        drop(rest);
                    }
                    ended.lock().unwrap().push((i, end));
                }
            });
        }
    });
    let mut ended = ended.into_inner().unwrap();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
