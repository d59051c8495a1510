//! breaks: clause 1 · finding: wrong-answer
//! The index of an item is looked up by its address, and items without a size share one.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    Error(E),
    Panic(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<R, E> {
    pub successes: Vec<(usize, R)>,
    pub failures: Vec<(usize, Failure<E>)>,
}

fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast_ref::<&'static str>() {
            Some(text) => String::from(*text),
            None => String::from("a panic without a message"),
        },
    }
}

pub fn tolerant_map<T, R, E, F>(items: &[T], workers: usize, work: F) -> Outcome<R, E>
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
{
    assert!(workers > 0, "items need at least one worker");
    let queue = Mutex::new(items.iter());
    let next = || queue.lock().unwrap().next();
    let outcome = Mutex::new(Outcome { successes: Vec::new(), failures: Vec::new() });
    thread::scope(|scope| {
        let worker = || {
            while let Some(item) = next() {
                let index = items.iter().position(|other| std::ptr::eq(other, item)).unwrap();
                let ended = catch_unwind(AssertUnwindSafe(|| work(item)))
                    .map_err(|payload| Failure::Panic(message(payload)))
                    .and_then(|result| result.map_err(Failure::Error));
                let mut outcome = outcome.lock().unwrap();
                match ended {
                    Ok(result) => outcome.successes.push((index, result)),
                    Err(failure) => outcome.failures.push((index, failure)),
                }
            }
        };
        let threads: Vec<_> = (0..workers.min(items.len())).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().for_each(|thread| thread.join().expect("panics are caught"));
    });
    let mut outcome = outcome.into_inner().unwrap();
    outcome.successes.sort_by_key(|(index, _)| *index);
    outcome.failures.sort_by_key(|(index, _)| *index);
    outcome
}
