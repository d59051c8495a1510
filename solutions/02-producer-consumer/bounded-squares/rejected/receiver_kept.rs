//! breaks: clause 7 · finding: deadlock
//! The consumers borrow the receiver, so one of them may panic and the others go on. But the receiver doesn't die
//! with them: if all have panicked, the producer fills the queue and waits for nobody.

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
    let (sender, receiver) = mpsc::sync_channel(capacity);
    let receiver = Mutex::new(receiver);
    let out = Mutex::new(out);
    let failure = Mutex::new(None);
    let results = Mutex::new(Vec::new());
    let consume = |name: &str| {
        loop {
            let received = receiver.lock().unwrap().recv();
            let Ok(item) = received else { return };
            // After an error the rest is taken out of the producer's way.
            if failure.lock().unwrap().is_some() {
                continue;
            }
            let result = work(item);
            results.lock().unwrap().push(result);
            if let Err(error) = writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}") {
                failure.lock().unwrap().get_or_insert(error);
            }
        }
    };
    thread::scope(|scope| {
        let consume = &consume;
        for &name in consumers {
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn_scoped(scope, move || consume(name)).expect("a consumer's thread starts");
        }
        for item in items {
            sender.send(item).expect("the receiver is in this function");
        }
        drop(sender);
    });
    if let Some(error) = failure.into_inner().unwrap() {
        return Err(error);
    }
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
