//! accepted: std's sync_channel, its receiver under a mutex shared by the consumers, the caller as producer

use std::io::{self, Write};
use std::panic;
use std::sync::{Arc, Mutex, mpsc};
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
    let receiver = Arc::new(Mutex::new(receiver));
    let out = Mutex::new(out);
    let results = Mutex::new(Vec::new());
    let consume = |name: &str, receiver: Arc<Mutex<mpsc::Receiver<u64>>>| -> io::Result<()> {
        loop {
            // A statement of its own: the lock is free again before the work begins.
            let received = receiver.lock().unwrap().recv();
            let Ok(item) = received else { return Ok(()) };
            let result = work(item);
            results.lock().unwrap().push(result);
            writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
        }
    };
    let ends: Vec<_> = thread::scope(|scope| {
        let consume = &consume;
        let threads: Vec<_> = consumers
            .iter()
            .map(|&name| {
                let receiver = Arc::clone(&receiver);
                let thread = thread::Builder::new().name(name.to_owned());
                thread.spawn_scoped(scope, move || consume(name, receiver)).unwrap()
            })
            .collect();
        // From here on only consumers own the receiver: when they are gone, sending fails.
        drop(receiver);
        for item in items {
            if sender.send(item).is_err() {
                break;
            }
        }
        drop(sender);
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    for end in ends {
        end.unwrap_or_else(|payload| panic::resume_unwind(payload))?;
    }
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
