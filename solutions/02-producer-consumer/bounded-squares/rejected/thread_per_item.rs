//! breaks: clause 5 · finding: oversubscribed
//! Each consumer starts a thread with its name for every item, so that it is free for the next at once. But then
//! there are as many threads as items: a consumer was to do one item at a time.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

use crossbeam::channel;

/// Processes every item and returns the results in ascending order.
pub fn process<I, F, W>(
    items: I,
    capacity: usize,
    consumers: &[&str],
    work: F,
    out: W,
) -> io::Result<Vec<u64>>
where
    I: IntoIterator<Item = u64>,
    I::IntoIter: Send,
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(capacity > 0, "the queue needs a capacity of at least one");
    assert!(!consumers.is_empty(), "items need at least one consumer");
    let (sender, receiver) = channel::bounded::<u64>(capacity);
    let report = Mutex::new((out, Vec::new(), None));
    let items = items.into_iter();
    thread::scope(|scope| {
        for &name in consumers {
            let (receiver, report, work) = (receiver.clone(), &report, &work);
            let consume = move || {
                for item in receiver {
                    let one = move || {
                        let result = work(item);
                        let mut locked = report.lock().unwrap();
                        let (out, results, failure) = &mut *locked;
                        results.push(result);
                        if let Err(error) = writeln!(out, "{name} processed {item} -> {result}") {
                            *failure = Some(error);
                        }
                    };
                    let thread = thread::Builder::new().name(name.to_owned());
                    thread.spawn_scoped(scope, one).expect("an item's thread starts");
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop(receiver);
        scope.spawn(move || {
            for item in items {
                if sender.send(item).is_err() {
                    break;
                }
            }
        });
        Ok::<(), io::Error>(())
    })?;
    let (_, mut results, failure) = report.into_inner().unwrap();
    if let Some(error) = failure {
        return Err(error);
    }
    results.sort_unstable();
    Ok(results)
}
