//! breaks: clause 1 · finding: wrong-answer
//! A `BTreeSet` keeps the results in ascending order all the time, and nobody has to sort. But a set keeps equal
//! results only once.

use std::collections::BTreeSet;
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
    let out = Mutex::new(out);
    let items = items.into_iter();
    let mut results = thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, out, work) = (receiver.clone(), &out, &work);
            let consume = move || -> io::Result<Vec<u64>> {
                let mut results = Vec::new();
                for item in receiver {
                    let result = work(item);
                    results.push(result);
                    writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
                }
                Ok(results)
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
        let mut all = BTreeSet::new();
        for thread in threads {
            all.extend(thread.join().unwrap()?);
        }
        Ok::<BTreeSet<u64>, io::Error>(all)
    })?;
    let mut sorted = Vec::with_capacity(results.len());
    while let Some(first) = results.pop_first() {
        sorted.push(first);
    }
    Ok(sorted)
}
