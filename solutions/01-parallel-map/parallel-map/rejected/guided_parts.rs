//! breaks: clause 2 · finding: sequential
//! Long lists are handed out in parts, large ones first. Whatever stands behind a slow item in its part waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "items need at least one worker");
    let threads = workers.min(items.len());
    // `None`: no further item begins.
    let queue = Mutex::new(Some(items.into_iter().enumerate()));
    let next = || -> Vec<(usize, T)> {
        let mut queue = queue.lock().unwrap();
        let Some(rest) = queue.as_mut() else { return Vec::new() };
        // Many short parts would cost more than they are worth, few long ones would leave a worker without one.
        let part = (rest.len() / (4 * threads)).max(1).min(64);
        let part = if rest.len() < 64 { 1 } else { part };
        rest.by_ref().take(part).collect()
    };
    let close = || {
        let rest = queue.lock().unwrap().take();
        drop(rest);
    };

    let work = || {
        let mut mine = Vec::new();
        loop {
            let part = next();
            if part.is_empty() {
                return mine;
            }
            for (place, item) in part {
                let outcome = catch_unwind(AssertUnwindSafe(|| f(item)));
                let panicked = outcome.is_err();
                mine.push((place, outcome));
                if panicked {
                    close();
                    break;
                }
            }
        }
    };
    let mut outcomes: Vec<(usize, thread::Result<R>)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("panics are caught")).collect()
    });
    outcomes.sort_unstable_by_key(|(place, _)| *place);
    // Stops at the first panic in the order of the items, and drops everything else.
    let results: thread::Result<Vec<R>> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
