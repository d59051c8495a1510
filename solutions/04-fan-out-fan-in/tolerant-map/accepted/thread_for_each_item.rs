//! accepted: no catch: a thread for each item, started when there is a permit; what joining it returns is its end

use std::any::Any;
use std::sync::mpsc::{self, Sender};
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

/// Goes back when the item has ended, also while a panic unwinds.
struct Permit(Sender<()>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.send(()).expect("the caller keeps the receiver");
    }
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
    let work = &work;
    let (give_back, permits) = mpsc::channel();
    (0..workers).for_each(|_| give_back.send(()).unwrap());
    let mut ended: Vec<_> = thread::scope(|scope| {
        let mut threads = Vec::new();
        for item in items {
            permits.recv().unwrap();
            let permit = Permit(give_back.clone());
            threads.push(scope.spawn(move || {
                let _permit = permit;
                work(item)
            }));
        }
        threads.into_iter().map(|thread| thread.join()).enumerate().collect()
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
