//! breaks: clause 3 · finding: unbounded
//! Each consumer has a bounded queue of its own, and the items are dealt round. But `capacity` was to hold for all
//! that wait, and here it holds for each queue: with two consumers twice as many wait.

use std::io::{self, Write};
use std::sync::{Mutex, mpsc};
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
    let out = Mutex::new(out);
    let items = items.into_iter();
    let mut results = thread::scope(|scope| {
        let mut threads = Vec::new();
        let mut queues = Vec::new();
        for &name in consumers {
            let (sender, receiver) = mpsc::sync_channel(capacity);
            queues.push(sender);
            let (out, work) = (&out, &work);
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
        scope.spawn(move || {
            let mut next = 0;
            for mut item in items {
                // A consumer that has panicked or failed is left out, and the next in turn gets its item.
                while let Some(queue) = queues.get(next) {
                    match queue.send(item) {
                        Ok(()) => break,
                        Err(mpsc::SendError(back)) => {
                            item = back;
                            queues.remove(next);
                            next %= queues.len().max(1);
                        }
                    }
                }
                next = (next + 1) % queues.len().max(1);
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
