//! breaks: clause 6 · finding: deadlock
//! Queue and results live in one struct under one lock. But the producer holds that lock while it sends, and a send
//! to a full queue waits for a consumer, who can't get the lock to put down its result.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

use crossbeam::channel;

struct Shared {
    queue: Option<channel::Sender<u64>>,
    results: Vec<u64>,
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
    let shared = Mutex::new(Shared { queue: Some(sender), results: Vec::new() });
    let out = Mutex::new(out);
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, shared, out, work) = (receiver.clone(), &shared, &out, &work);
            let consume = move || -> io::Result<()> {
                for item in receiver {
                    let result = work(item);
                    writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
                    shared.lock().unwrap().results.push(result);
                }
                Ok(())
            };
            threads.push(thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?);
        }
        drop(receiver);
        for item in items {
            let shared = shared.lock().unwrap();
            if shared.queue.as_ref().is_none_or(|queue| queue.send(item).is_err()) {
                break;
            }
        }
        shared.lock().unwrap().queue = None;
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let mut results = shared.into_inner().unwrap().results;
    results.sort_unstable();
    Ok(results)
}
