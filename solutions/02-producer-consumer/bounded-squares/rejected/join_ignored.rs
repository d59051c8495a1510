//! breaks: clause 7 · finding: swallowed-panic
//! When a consumer panics, the others do its share and all ends well. Too well: its `Err` from `join` is passed
//! over, and the caller is never told that a result is missing.

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
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, out, results, work) = (receiver.clone(), &out, &results, &work);
            let consume = move || -> io::Result<()> {
                for item in receiver {
                    let result = work(item);
                    results.lock().unwrap().push(result);
                    writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
                }
                Ok(())
            };
            threads.push(thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?);
        }
        drop(receiver);
        for item in items {
            if sender.send(item).is_err() {
                break;
            }
        }
        drop(sender);
        let ends: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        ends.into_iter().filter_map(Result::ok).collect::<io::Result<()>>()
    })?;
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
