//! accepted: no catch: a worker dies of a panic, and the caller, who joins it, starts another in its place

use std::any::Any;
use std::sync::mpsc;
use std::thread;

use crossbeam::channel;

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

/// What a worker has to say: where it is, what it has brought, and, by being dropped, that it ends.
struct Desk<R, E> {
    number: usize,
    item: Option<usize>,
    done: Vec<(usize, Result<R, E>)>,
    leaves: mpsc::Sender<Left<R, E>>,
}

/// The number of the worker, the item that it died of, and the items that it has done.
type Left<R, E> = (usize, Option<usize>, Vec<(usize, Result<R, E>)>);

impl<R, E> Drop for Desk<R, E> {
    fn drop(&mut self) {
        let left = (self.number, self.item, std::mem::take(&mut self.done));
        self.leaves.send(left).unwrap_or_else(|_| unreachable!("the caller waits for this"));
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
    let (queue, indices) = channel::unbounded();
    (0..items.len()).for_each(|i| queue.send(i).unwrap());
    drop(queue);
    let (leaves, left) = mpsc::channel();
    let mut ended = Vec::new();
    thread::scope(|scope| {
        let start = |number| {
            let mut desk = Desk { number, item: None, done: Vec::new(), leaves: leaves.clone() };
            let (indices, work) = (indices.clone(), &work);
            scope.spawn(move || {
                for i in indices {
                    desk.item = Some(i);
                    let returned = work(&items[i]);
                    desk.item = None;
                    desk.done.push((i, returned));
                }
            })
        };
        let mut threads: Vec<_> = (0..workers).map(|number| Some(start(number))).collect();
        let mut alive = workers;
        while alive > 0 {
            let (number, item, done) = left.recv().unwrap();
            ended.extend(done.into_iter().map(|(i, returned)| (i, Ok(returned))));
            let end = threads[number].take().unwrap().join();
            match (end, item) {
                (Err(payload), Some(i)) => {
                    ended.push((i, Err(payload)));
                    threads[number] = Some(start(number));
                }
                _ => alive -= 1,
            }
        }
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
