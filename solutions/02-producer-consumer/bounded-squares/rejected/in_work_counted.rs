//! breaks: clause 4 · finding: sequential
//! Credits keep the number of items bounded: the producer spends one for each, and a consumer gives it back. But it
//! gives it back after the work: items in work take up room in the queue, and too few wait.

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
    let (credit_sender, credits) = channel::unbounded();
    for _ in 0..capacity {
        credit_sender.send(()).expect("the receiver is in this function");
    }
    let (sender, receiver) = channel::unbounded();
    let out = Mutex::new(out);
    let items = items.into_iter();
    let mut results = thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, credits, out, work) = (receiver.clone(), credit_sender.clone(), &out, &work);
            let consume = move || -> io::Result<Vec<u64>> {
                let mut results = Vec::new();
                for item in receiver {
                    let result = work(item);
                    results.push(result);
                    writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
                    let _ = credits.send(());
                }
                Ok(results)
            };
            threads.push(thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, consume)?);
        }
        drop((receiver, credit_sender));
        scope.spawn(move || {
            for item in items {
                if credits.recv().is_err() || sender.send(item).is_err() {
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
