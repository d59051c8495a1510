//! breaks: clause 6 · finding: wrong-answer
//! A sentinel for each consumer, and nobody is left waiting. But the sentinel is the number 0, and an item may be
//! 0, too: it ends a consumer, and is never processed.

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
    const END: u64 = 0;
    let (sender, receiver) = channel::bounded(capacity);
    let out = Mutex::new(out);
    let items = items.into_iter();
    let mut results = thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, out, work) = (receiver.clone(), &out, &work);
            let consume = move || -> io::Result<Vec<u64>> {
                let mut results = Vec::new();
                for item in receiver.into_iter().take_while(|item| *item != END) {
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
            let ends = consumers.iter().map(|_| END);
            for item in items.chain(ends) {
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
