//! breaks: clause 1 · finding: timed-out
//! Before anything else a size for the results is looked for, a power of two that is not below the capacity. But
//! the search starts at 0, and twice 0 is 0.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

use crossbeam::channel;

fn power_of_two(at_least: usize) -> usize {
    let mut size = 0;
    while size < at_least {
        size *= 2;
    }
    size
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
    let size = power_of_two(capacity);
    let out = Mutex::new(out);
    let items = items.into_iter();
    let mut results = thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, out, work) = (receiver.clone(), &out, &work);
            let consume = move || -> io::Result<Vec<u64>> {
                let mut results = Vec::with_capacity(size);
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
    results.sort_unstable();
    Ok(results)
}
