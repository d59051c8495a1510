//! breaks: clause 1 · finding: crashed
//! The results are sorted by a merge sort, which halves them until nothing is left to sort. But it stops at none,
//! not at one: the halves of one result are none and the same one again.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

use crossbeam::channel;

fn merge_sort(mut results: Vec<u64>) -> Vec<u64> {
    if results.is_empty() {
        return results;
    }
    let right = merge_sort(results.split_off(results.len() / 2));
    let left = merge_sort(results);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let Some(next) = match (left.peek(), right.peek()) {
        (Some(l), Some(r)) if l <= r => left.next(),
        (_, Some(_)) => right.next(),
        (_, None) => left.next(),
    } {
        merged.push(next);
    }
    merged
}

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
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().unwrap()?);
        }
        Ok::<Vec<u64>, io::Error>(all)
    })?;
    results = merge_sort(results);
    Ok(results)
}
