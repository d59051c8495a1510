//! accepted: each worker gives every item to a thread of its own and joins it, so that a panic ends that thread only

use std::any::Any;
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
    let queue = Mutex::new(items.iter().enumerate());
    let take = || queue.lock().unwrap().next();
    let worker = || {
        let mut ended = Vec::new();
        while let Some((i, item)) = take() {
            ended.push((i, thread::scope(|scope| scope.spawn(|| work(item)).join())));
        }
        ended
    };
    let mut ended: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    ended.sort_unstable_by_key(|(i, _)| *i);
    let mut outcome = Outcome { successes: Vec::new(), failures: Vec::new() };
    for (i, end) in ended {
        match end {
            Ok(Ok(result)) => outcome.successes.push((i, result)),
            Ok(Err(error)) => outcome.failures.push((i, Failure::Error(error))),
            Err(payload) => outcome.failures.push((i, Failure::Panic(message(&*payload)))),
        }
    }
    outcome
}
