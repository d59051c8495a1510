//! breaks: clause 8 · finding: deadlock
//! A consumer that can't write returns its error, and the caller would return it, too. But the receiver is borrowed
//! from the caller: with no consumer left it is still open, and the producer waits for room.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
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
    let (sender, receiver) = mpsc::sync_channel(capacity);
    let receiver = Mutex::new(receiver);
    let out = Mutex::new(out);
    let results = Mutex::new(Vec::new());
    let consume = |name: &str| -> io::Result<()> {
        let mut panicked = None;
        loop {
            let received = receiver.lock().unwrap().recv();
            let Ok(item) = received else { break };
            // A panic is kept for later, so that no item is left in the queue for want of consumers.
            match panic::catch_unwind(AssertUnwindSafe(|| work(item))) {
                Ok(result) => {
                    results.lock().unwrap().push(result);
                    writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
                }
                Err(payload) => panicked = Some(payload),
            }
        }
        match panicked {
            Some(payload) => panic::resume_unwind(payload),
            None => Ok(()),
        }
    };
    thread::scope(|scope| {
        let consume = &consume;
        let mut threads = Vec::new();
        for &name in consumers {
            let thread = thread::Builder::new().name(name.to_owned());
            threads.push(thread.spawn_scoped(scope, move || consume(name))?);
        }
        for item in items {
            sender.send(item).expect("the receiver is in this function");
        }
        drop(sender);
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
