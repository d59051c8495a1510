//! breaks: clause 6 · finding: wrong-answer
//! A worker that has seen ten panics takes no more items.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, mpsc};
use std::thread;

/// Why there is no result for an item. This type is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    /// `work` returned this error.
    Error(E),
    /// `work` panicked with this message.
    Panic(String),
}

/// What became of all items. Each is in one of the two lists, with its index. The lists are in the order of the items.
/// This type is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<R, E> {
    /// The items for which `work` returned `Ok`.
    pub successes: Vec<(usize, R)>,
    /// All others.
    pub failures: Vec<(usize, Failure<E>)>,
}

fn text(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text.to_string(),
        (_, Some(text)) => text.to_string(),
        (None, None) => "a panic without a message".to_string(),
    }
}

fn attempt<R, E>(work: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    let mut payload = match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(result)) => return Ok(result),
        Ok(Err(error)) => return Err(Failure::Error(error)),
        Err(payload) => payload,
    };
    let failure = Failure::Panic(text(&*payload));
    while let Err(next) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        payload = next;
    }
    Err(failure)
}

pub fn tolerant_map<T, R, E, F>(items: &[T], workers: usize, work: F) -> Outcome<R, E>
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
{
    if workers == 0 {
        panic!("the number of workers is 0");
    }
    let (to_workers, queue) = mpsc::channel();
    for numbered in items.iter().enumerate() {
        to_workers.send(numbered).unwrap();
    }
    drop(to_workers);
    let queue = Mutex::new(queue);
    let (to_caller, ends) = mpsc::channel();

    thread::scope(|scope| {
        for _ in 0..workers.min(items.len()) {
            let (queue, work, to_caller) = (&queue, &work, to_caller.clone());
            scope.spawn(move || {
                let take = || queue.lock().unwrap().try_recv().ok();
                let mut panics = 0;
                while let Some((index, item)) = take() {
                    let end = attempt(|| work(item));
                    panics += usize::from(matches!(end, Err(Failure::Panic(_))));
                    to_caller.send((index, end)).unwrap();
                    // Something is wrong with `work` itself.
                    if panics >= 10 {
                        break;
                    }
                }
            });
        }
        drop(to_caller);
        let (mut successes, mut failures) = (BTreeMap::new(), BTreeMap::new());
        for (index, end) in ends {
            match end {
                Ok(result) => drop(successes.insert(index, result)),
                Err(failure) => drop(failures.insert(index, failure)),
            }
        }
        Outcome { successes: successes.into_iter().collect(), failures: failures.into_iter().collect() }
    })
}
