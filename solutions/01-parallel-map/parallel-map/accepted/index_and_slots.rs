//! accepted: an atomic index; each item and each result lies in a slot of its own
//! for when the results are large and should not be moved about: each is written where it belongs.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let slots: Vec<_> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let ends: Vec<_> = slots.iter().map(|_| Mutex::new(None)).collect();
    let (next, stop) = (AtomicUsize::new(0), OnceLock::new());
    let asked = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..workers.min(slots.len()) {
            scope.spawn(|| {
                while stop.get().is_none() {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(slot) = slots.get(i) else { break };
                    let item = slot.lock().unwrap().take().expect("each index comes once");
                    let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                    if end.is_err() && !asked.swap(true, Ordering::Relaxed) {
                        stop.set(()).expect("only one worker asks");
                    }
                    *ends[i].lock().unwrap() = Some(end);
                }
            });
        }
    });
    drop(slots);
    let ends = ends.into_iter().filter_map(|end| end.into_inner().unwrap());
    ends.collect::<Result<_, _>>().unwrap_or_else(|payload| resume_unwind(payload))
}
