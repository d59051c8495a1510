//! breaks: clause 2 · finding: too-late
//! The lines are written in the order of the items, which is easier to read. But then the line of an item that is
//! completed waits for all items before it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::mpsc;
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
    let (result_sender, results) = mpsc::channel();
    let items = items.into_iter();
    let mut all = thread::scope(|scope| {
        for &name in consumers {
            let (items, results, work) = (item_receiver.clone(), result_sender.clone(), &work);
            let consume = move || {
                for (index, item) in items {
                    if results.send((index, (name, item, work(item)))).is_err() {
                        break;
                    }
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop((item_receiver, result_sender));
        scope.spawn(move || {
            for job in items.enumerate() {
                if item_sender.send(job).is_err() {
                    break;
                }
            }
        });
        let mut all = Vec::new();
        let mut early = BTreeMap::new();
        let mut write = |(name, item, result): (&str, u64, u64)| {
            all.push(result);
            writeln!(out, "{name} processed {item} -> {result}")
        };
        let mut next = 0;
        for (index, line) in results {
            early.insert(index, line);
            while let Some(line) = early.remove(&next) {
                write(line)?;
                next += 1;
            }
        }
        // Behind an item whose consumer has panicked.
        early.into_values().try_for_each(&mut write)?;
        Ok::<Vec<u64>, io::Error>(all)
    })?;
    all.sort_unstable();
    Ok(all)
}
