//! breaks: clause 5 · finding: sequential
//! The consumers share the receiver under a mutex, and each has its own thread and name. But what is made in the
//! head of a `while let` lives to the end of its body: the lock is held while the item is in work.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

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
    let (sender, receiver) = mpsc::sync_channel(capacity);
    let receiver = Arc::new(Mutex::new(receiver));
    let (out, results) = (Mutex::new(out), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, out, results, work) = (Arc::clone(&receiver), &out, &results, &work);
            let consume = move || -> io::Result<()> {
                while let Ok(item) = receiver.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).recv() {
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
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
