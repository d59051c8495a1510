//! accepted: a rayon pool, an indexed parallel map of items that never lie together, and a catch in it

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

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
    let one = |item| match catch_unwind(AssertUnwindSafe(|| work(item))) {
        Ok(returned) => returned.map_err(Failure::Error),
        Err(payload) => Err(Failure::Panic(message(&*payload))),
    };
    let ends: Vec<Result<R, Failure<E>>> = thread::scope(|scope| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers)
            .spawn_handler(|thread| {
                scope.spawn(|| thread.run());
                Ok(())
            })
            .build()
            .unwrap();
        pool.install(|| items.par_iter().with_max_len(1).map(one).collect())
    });
    let mut outcome = Outcome { successes: Vec::new(), failures: Vec::new() };
    for (i, end) in ends.into_iter().enumerate() {
        match end {
            Ok(result) => outcome.successes.push((i, result)),
            Err(failure) => outcome.failures.push((i, failure)),
        }
    }
    outcome
}
