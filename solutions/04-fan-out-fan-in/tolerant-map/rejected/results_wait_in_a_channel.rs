//! breaks: clause 6 · finding: deadlock
//! The outcomes wait in a channel for 1,024 until all workers have ended. With more items than that they never end.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Why there is no result for an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    /// `work` returned this error.
    Error(E),
    /// `work` panicked with this message.
    Panic(String),
}

/// What became of all items. Each is in one of the two lists, with its index. The lists are in the order of the items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<R, E> {
    /// The items for which `work` returned `Ok`.
    pub successes: Vec<(usize, R)>,
    /// All others.
    pub failures: Vec<(usize, Failure<E>)>,
}

/// Calls `work` for every item, on `workers` threads, and says what became of each.
///
/// # Panics
/// If `workers` is 0.
pub fn tolerant_map<T, R, E, F>(items: &[T], workers: usize, work: F) -> Outcome<R, E>
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
{
    assert!(workers > 0, "items need at least one worker");

    // The fan-out: who is free takes the next index. No item is promised to a worker beforehand, so none waits behind a
    // slow one. The counter orders nothing but itself, so `Relaxed` is enough.
    let next = AtomicUsize::new(0);
    let (sender, ended) = mpsc::sync_channel(1024);
    let worker = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(i) else { return };
            sender.send((i, tolerate(|| work(item)))).unwrap();
        }
    };

    // The fan-in. All workers are started before the first is joined.
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(&worker);
        }
    });
    drop(sender);
    let mut ended: Vec<(usize, Result<R, Failure<E>>)> = ended.into_iter().collect();
    // Each worker's part is in order, but they lie one behind the other.
    ended.sort_unstable_by_key(|(i, _)| *i);

    let mut outcome = Outcome { successes: Vec::new(), failures: Vec::new() };
    for (i, end) in ended {
        match end {
            Ok(result) => outcome.successes.push((i, result)),
            Err(failure) => outcome.failures.push((i, failure)),
        }
    }
    outcome
}

/// Makes one kind of value of the three ways in which `work` can end.
fn tolerate<R, E>(work: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    // `AssertUnwindSafe`: what `work` had in its hands may be half done. Nothing of it is ours, and what the caller shares
    // between items is the caller's to protect, as it would be with any panic on another thread.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(message(&*payload))),
    }
}

/// The text that a panic was made with.
fn message(payload: &(dyn Any + Send)) -> String {
    // `panic!("text")` leaves a `&str`, `panic!("text {value}")` a `String`, `panic_any` and `resume_unwind` anything.
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}
