//! breaks: clause 4 · finding: sequential
//! Long lists are handed out in parts, large ones first. Whatever stands behind a slow item in its part waits for it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
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

    // A long list is handed out in parts.
    let rest = Mutex::new(0..items.len());
    let next = || {
        let mut rest = rest.lock().unwrap();
        let part = if rest.len() < 64 { 1 } else { (rest.len() / (4 * workers)).clamp(1, 64) };
        rest.by_ref().take(part).collect::<Vec<_>>()
    };
    let worker = || {
        let mut ended = Vec::new();
        loop {
            let part = next();
            if part.is_empty() {
                return ended;
            }
            ended.extend(part.into_iter().map(|i| (i, tolerate(|| work(&items[i])))));
        }
    };

    // The fan-in. All workers are started before the first is joined.
    let mut ended: Vec<(usize, Result<R, Failure<E>>)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a worker catches panics")).collect()
    });
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
