//! breaks: clause 2 · finding: too-late
//! One thread less: the caller's thread produces, and between two items it writes what has come in. But while it
//! waits for a slow source, or for room in the queue, no line is written.

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
    let mut all = thread::scope(|scope| {
        for &name in consumers {
            let (items, results, work) = (item_receiver.clone(), result_sender.clone(), &work);
            let consume = move || {
                for item in items {
                    if results.send((name, item, work(item))).is_err() {
                        break;
                    }
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop((item_receiver, result_sender));
        let mut all = Vec::new();
        let mut write = |(name, item, result): (&str, u64, u64)| {
            all.push(result);
            writeln!(out, "{name} processed {item} -> {result}")
        };
        for item in items {
            if item_sender.send(item).is_err() {
                break;
            }
            results.try_iter().try_for_each(&mut write)?;
        }
        drop(item_sender);
        results.into_iter().try_for_each(&mut write)?;
        Ok::<Vec<u64>, io::Error>(all)
    })?;
    all.sort_unstable();
    Ok(all)
}
