//! breaks: clause 2 · finding: too-late
//! The lines are all there, each whole and with the right name. But they are kept until all consumers have ended,
//! and while the work goes on nobody sees anything of it.

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
    mut out: W,
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
    let done = Mutex::new(Vec::new());
    let items = items.into_iter();
    thread::scope(|scope| {
        for &name in consumers {
            let (receiver, done, work) = (receiver.clone(), &done, &work);
            let consume = move || {
                for item in receiver {
                    let result = work(item);
                    done.lock().unwrap().push((name, item, result));
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop(receiver);
        scope.spawn(move || {
            for item in items {
                if sender.send(item).is_err() {
                    break;
                }
            }
        });
        Ok::<(), io::Error>(())
    })?;
    let mut results = Vec::new();
    for (name, item, result) in done.into_inner().unwrap() {
        writeln!(out, "{name} processed {item} -> {result}")?;
        results.push(result);
    }
    results.sort_unstable();
    Ok(results)
}
