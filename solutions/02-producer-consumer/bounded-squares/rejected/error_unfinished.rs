//! breaks: clause 8 · finding: unfinished
//! All is done but the case that was put off: an error of the writer.

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
            let consume = move || {
                let mut results = Vec::new();
                for item in receiver {
                    let result = work(item);
                    results.push(result);
                    let written = writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}");
                    if let Err(error) = written {
                        todo!("how does the caller learn of {error}?");
                    }
                }
                results
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
        let joined = threads.into_iter().map(|thread| thread.join().unwrap());
        Ok::<Vec<u64>, io::Error>(joined.flatten().collect())
    })?;
    results.sort_unstable();
    Ok(results)
}
