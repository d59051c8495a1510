//! breaks: clause 7 · finding: deadlock
//! The caller waits for as many results as there were items. But an item whose consumer has panicked has none, and
//! the caller's own sender keeps the channel open: the last `recv` waits for ever.

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
                for item in items {
                    if results.send((name, item, work(item))).is_err() {
                        break;
                    }
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop(item_receiver);
        let producer = scope.spawn(move || {
            let mut count = 0;
            for item in items {
                if item_sender.send(item).is_err() {
                    break;
                }
                count += 1;
            }
            count
        });
        let mut all = Vec::new();
        let mut expected = None;
        let mut producer = Some(producer);
        // While the producer is at work nobody knows how many there will be.
        while expected.is_none_or(|count| all.len() < count) {
            if let Some(ended) = producer.take_if(|producer| producer.is_finished()) {
                expected = Some(ended.join().unwrap());
                continue;
            }
            let (name, item, result) = match expected {
                Some(_) => results.recv().expect("a sender is in this function"),
                None => match results.recv_timeout(std::time::Duration::from_millis(10)) {
                    Ok(report) => report,
                    Err(_) => continue,
                },
            };
            writeln!(out, "{name} processed {item} -> {result}")?;
            all.push(result);
        }
        drop(results);
        Ok::<Vec<u64>, io::Error>(all)
    })?;
    all.sort_unstable();
    Ok(all)
}
