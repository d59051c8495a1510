//! accepted: a work-stealing queue of crossbeam, from which all workers steal
//! for when very many short items come from several places.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam::deque::{Injector, Steal};

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let count = workers.min(items.len());
    let queue = Injector::new();
    items.into_iter().enumerate().for_each(|item| queue.push(item));
    let stop = AtomicBool::new(false);
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    match queue.steal() {
                        Steal::Success((i, item)) => {
                            let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                            stop.fetch_or(end.is_err(), Ordering::SeqCst);
                            ended.lock().unwrap().push((i, end));
                        }
                        Steal::Retry => {}
                        Steal::Empty => break,
                    }
                }
            });
        }
    });
    drop(queue);
    let mut ended: Vec<(usize, thread::Result<R>)> = ended.into_inner().unwrap();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
