//! breaks: clause 7 · finding: deadlock
//! The caller counts the items it has sent and waits for as many results. But an item whose consumer has panicked
//! has none, and the caller's own sender keeps the channel open: the last `recv` waits for ever.

use std::io::{self, Write};
use std::sync::{Mutex, mpsc};
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
    let (item_sender, item_receiver) = channel::bounded(capacity);
    let (result_sender, result_receiver) = mpsc::channel();
    let out = Mutex::new(out);
    let mut results: Vec<u64> = thread::scope(|scope| {
        for &name in consumers {
            let (items, results) = (item_receiver.clone(), result_sender.clone());
            let (out, work) = (&out, &work);
            let consume = move || {
                for item in items {
                    let result = work(item);
                    let written = writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}");
                    if results.send(written.map(|()| result)).is_err() {
                        break;
                    }
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop(item_receiver);
        let mut sent = 0;
        for item in items {
            if item_sender.send(item).is_err() {
                break;
            }
            sent += 1;
        }
        drop(item_sender);
        (0..sent)
            .map(|_| result_receiver.recv().expect("a sender is in this function"))
            .collect::<io::Result<_>>()
    })?;
    results.sort_unstable();
    Ok(results)
}
