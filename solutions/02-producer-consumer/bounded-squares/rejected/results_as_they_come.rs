//! breaks: clause 1 · finding: wrong-answer
//! The queue is first in, first out, so the results come in the order of the items, and 1, 2, 3 give 1, 4, 9. But
//! items come in any order, and two consumers can overtake each other between the queue and the results.

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
    let (sender, receiver) = channel::bounded(capacity);
    let report = Mutex::new((out, Vec::new()));
    let items = items.into_iter();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, report, work) = (receiver.clone(), &report, &work);
            let consume = move || -> io::Result<()> {
                for item in receiver {
                    let result = work(item);
                    let mut report = report.lock().unwrap();
                    report.1.push(result);
                    writeln!(report.0, "{name} processed {item} -> {result}")?;
                }
                Ok(())
            };
            threads.push(thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?);
        }
        drop(receiver);
        scope.spawn(move || {
            for item in items {
                if sender.send(item).is_err() {
                    break;
                }
            }
        });
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    Ok(report.into_inner().unwrap().1)
}
