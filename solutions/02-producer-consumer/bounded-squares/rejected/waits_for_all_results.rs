//! breaks: clause 7 · finding: livelock
//! The caller looks every millisecond whether there are as many results as items, and then returns. But the item of
//! a consumer that has panicked will never have one: the caller looks for ever.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

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
    let mut results = thread::scope(|scope| {
        for &name in consumers {
            let (receiver, out, results, work) = (receiver.clone(), &out, &results, &work);
            let consume = move || {
                for item in receiver {
                    let result = work(item);
                    let written = writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}");
                    results.lock().unwrap().push(written.map(|()| result));
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?;
        }
        drop(receiver);
        let mut sent = 0;
        for item in items {
            if sender.send(item).is_err() {
                break;
            }
            sent += 1;
        }
        drop(sender);
        while results.lock().unwrap().len() < sent {
            thread::sleep(Duration::from_millis(1));
        }
        results.lock().unwrap().drain(..).collect::<io::Result<Vec<u64>>>()
    })?;
    results.sort_unstable();
    Ok(results)
}
