//! accepted: a slot for each item, into which its worker puts what became of it; nothing has to be sorted

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
    let slots: Vec<Mutex<Option<Result<R, Failure<E>>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(i) else { break };
            let end = match catch_unwind(AssertUnwindSafe(|| work(item))) {
                Ok(returned) => returned.map_err(Failure::Error),
                Err(payload) => Err(Failure::Panic(message(&*payload))),
            };
            *slots[i].lock().unwrap() = Some(end);
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.min(items.len()) {
            scope.spawn(worker);
        }
    });
    let mut outcome = Outcome { successes: Vec::new(), failures: Vec::new() };
    for (i, slot) in slots.into_iter().enumerate() {
        match slot.into_inner().unwrap().expect("every item has ended") {
            Ok(result) => outcome.successes.push((i, result)),
            Err(failure) => outcome.failures.push((i, failure)),
        }
    }
    outcome
}
