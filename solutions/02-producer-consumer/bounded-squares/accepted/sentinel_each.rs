//! accepted: a sentinel for each consumer, as Python's `queue.Queue` needs it
//! for when the queue can't be closed. A consumer that panics leaves its sentinel in the queue, so the queue must not
//! outlive its consumers: here it is closed when the last of them is gone.

use crossbeam::channel;
use std::io::{self, Write};
use std::panic;
use std::sync::Mutex;
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
    let (sender, receiver) = channel::bounded(capacity);
    let (out, work) = (Mutex::new(out), &work);
    let ends: Vec<thread::Result<io::Result<Vec<u64>>>> = thread::scope(|scope| {
        let start = |name: &&str| {
            let (name, receiver, out) = (name.to_string(), receiver.clone(), &out);
            let consume = move || {
                let mut results = Vec::new();
                while let Ok(Some(item)) = receiver.recv() {
                    let result = work(item);
                    let name = thread::current();
                    let name = name.name().unwrap_or_default();
                    writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
                    results.push(result);
                }
                Ok(results)
            };
            thread::Builder::new().name(name).spawn_scoped(scope, consume).unwrap()
        };
        let threads: Vec<_> = consumers.iter().map(start).collect();
        // Only consumers may keep a receiver: without one, `send` fails and nobody waits for room.
        drop(receiver);
        let sentinels = consumers.iter().map(|_| None);
        for message in items.into_iter().map(Some).chain(sentinels) {
            if sender.send(message).is_err() {
                break;
            }
        }
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let (mut results, mut failure) = (Vec::new(), None);
    for end in ends {
        match end {
            Ok(Ok(part)) => results.extend(part),
            Ok(Err(error)) => failure = Some(error),
            Err(payload) => panic::resume_unwind(payload),
        }
    }
    results.sort_unstable();
    failure.map_or(Ok(results), Err)
}
