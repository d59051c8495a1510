//! breaks: clause 3 · finding: panicked
//! The lists lie under a lock that is held during `work`. The first panic poisons it, and every worker after that panics
//! at its `unwrap`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Why there is no result for an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    /// `work` returned this error.
    Error(E),
    /// `work` panicked with this message.
    Panic(String),
}

/// What became of all items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<R, E> {
    /// The items for which `work` returned `Ok`.
    pub successes: Vec<(usize, R)>,
    /// All others.
    pub failures: Vec<(usize, Failure<E>)>,
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| text.to_string());
    text.or_else(|| payload.downcast_ref().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}

/// Calls `work` for every item, on `workers` threads, and says what became of each.
pub fn tolerant_map<T, R, E, F>(items: &[T], workers: usize, work: F) -> Outcome<R, E>
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
{
    assert!(workers > 0, "items need at least one worker");
    let next = AtomicUsize::new(0);
    let outcome = Mutex::new(Outcome { successes: Vec::new(), failures: Vec::new() });
    let worker = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(i) else { break };
            let one = || {
                let mut outcome = outcome.lock().unwrap();
                match work(item) {
                    Ok(result) => outcome.successes.push((i, result)),
                    Err(error) => outcome.failures.push((i, Failure::Error(error))),
                }
            };
            if let Err(payload) = catch_unwind(AssertUnwindSafe(one)) {
                outcome.lock().unwrap().failures.push((i, Failure::Panic(message(&*payload))));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    let mut outcome = outcome.into_inner().unwrap();
    outcome.successes.sort_unstable_by_key(|(i, _)| *i);
    outcome.failures.sort_unstable_by_key(|(i, _)| *i);
    outcome
}
