//! accepted: an unbounded queue of items, and `capacity` credits that the producer spends and consumers give back

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
    let (credit_sender, credits) = mpsc::channel();
    for _ in 0..capacity {
        credit_sender.send(()).expect("the receiver is in this function");
    }
    let (item_sender, item_receiver) = channel::unbounded();
    let (result_sender, results) = mpsc::channel();
    let items = items.into_iter();
    let mut all = thread::scope(|scope| {
        for &name in consumers {
            let (items, credits, results) =
                (item_receiver.clone(), credit_sender.clone(), result_sender.clone());
            let work = &work;
            let thread = thread::Builder::new().name(name.to_owned());
            let consume = move || {
                for item in items {
                    // The item no longer waits. When the producer has ended nobody wants the credit.
                    let _ = credits.send(());
                    let result = work(item);
                    if results.send((name, item, result)).is_err() {
                        break;
                    }
                }
            };
            thread.spawn_scoped(scope, consume).unwrap();
        }
        drop((item_receiver, credit_sender, result_sender));
        scope.spawn(move || {
            for item in items {
                // Without consumers there are no more credits once the first are spent, and no receiver.
                if credits.recv().is_err() || item_sender.send(item).is_err() {
                    break;
                }
            }
        });
        let mut all = Vec::new();
        for (name, item, result) in results {
            writeln!(out, "{name} processed {item} -> {result}")?;
            all.push(result);
        }
        Ok::<Vec<u64>, io::Error>(all)
    })?;
    all.sort_unstable();
    Ok(all)
}
