//! breaks: clause 2 · finding: sequential
//! `while let` on the locked receiver: the guard lives to the end of the loop's body.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, mpsc};
use std::thread;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let count = workers.min(items.len());
    let (sender, receiver) = mpsc::channel();
    items.into_iter().enumerate().for_each(|item| sender.send(item).unwrap());
    drop(sender);
    let receiver = Mutex::new(receiver);
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                while let Ok((i, item)) = receiver.lock().unwrap().recv() {
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    ended.lock().unwrap().push((i, end));
                }
            });
        }
    });
    let mut ended: Vec<(usize, thread::Result<R>)> = ended.into_inner().unwrap();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
