//! accepted: the caller sends each item to a worker that has reported itself free
//! for when the caller wants to choose which worker gets which item.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
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
    let (report, reports) = mpsc::channel();
    let mut ended = thread::scope(|scope| {
        let mut desks = Vec::new();
        for desk in 0..count {
            let (sender, work) = mpsc::channel::<(usize, T)>();
            let (report, f) = (report.clone(), &f);
            desks.push(sender);
            scope.spawn(move || {
                for (i, item) in work {
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    report.send((desk, i, end)).unwrap();
                }
            });
        }
        let mut waiting = items.into_iter().enumerate();
        let mut busy = 0;
        for desk in &desks {
            if let Some(item) = waiting.next() {
                desk.send(item).unwrap();
                busy += 1;
            }
        }
        let mut ended = Vec::new();
        let mut failed = false;
        while busy > 0 {
            let (desk, i, end) = reports.recv().unwrap();
            busy -= 1;
            failed |= end.is_err();
            ended.push((i, end));
            if let Some(item) = waiting.next().filter(|_| !failed) {
                desks[desk].send(item).unwrap();
                busy += 1;
            }
        }
        ended
    });
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
