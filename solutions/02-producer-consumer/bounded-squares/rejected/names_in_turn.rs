//! breaks: clause 2 · finding: race
//! The consumers get the items in turn, so the caller knows whose result is next and writes the names in turn. But
//! whoever is free gets the next item, and whoever is done first sends first.

use std::io::{self, Write};
use std::thread;

use crossbeam::channel;

/// Processes every item and returns the results in ascending order.
pub fn process<I, F, W>(
    items: I,
    capacity: usize,
    consumers: &[&str],
    work: F,
    mut out: W,
) -> io::Result<Vec<u64>>
where
    I: IntoIterator<Item = u64>,
    I::IntoIter: Send,
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(capacity > 0, "the queue needs a capacity of at least one");
    assert!(!consumers.is_empty(), "items need at least one consumer");
    let (item_sender, item_receiver) = channel::bounded(capacity);
    let (result_sender, results) = channel::unbounded();
    let items = items.into_iter();
    let mut all = thread::scope(|scope| {
        for &name in consumers {
            let (items, results, work) = (item_receiver.clone(), result_sender.clone(), &work);
            let consume = move || {
                for item in items {
                    if results.send((item, work(item))).is_err() {
                        break;
                    }
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop((item_receiver, result_sender));
        scope.spawn(move || {
            for item in items {
                if item_sender.send(item).is_err() {
                    break;
                }
            }
        });
        let mut all = Vec::new();
        for ((item, result), name) in results.into_iter().zip(consumers.iter().cycle()) {
            writeln!(out, "{name} processed {item} -> {result}")?;
            all.push(result);
        }
        Ok::<Vec<u64>, io::Error>(all)
    })?;
    all.sort_unstable();
    Ok(all)
}
