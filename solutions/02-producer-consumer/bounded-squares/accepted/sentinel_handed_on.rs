//! accepted: one sentinel, which each consumer hands on to the next; panics are caught, so nobody is missing

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
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
    let take = || receiver.lock().unwrap().recv().expect("senders are alive");
    let out = Mutex::new(out);
    let failed = AtomicBool::new(false);
    let consume = |name: &str, sender: mpsc::SyncSender<Option<u64>>| {
        let mut results = Vec::new();
        let mut end = Ok(());
        let mut panicked = None;
        while let Some(item) = take() {
            if failed.load(Ordering::SeqCst) {
                // What is still coming is taken out of the producer's way and dropped.
                continue;
            }
            match panic::catch_unwind(AssertUnwindSafe(|| work(item))) {
                Ok(result) => {
                    results.push(result);
                    let written = writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}");
                    if written.is_err() {
                        failed.store(true, Ordering::SeqCst);
                        end = written;
                    }
                }
                Err(payload) => panicked = Some(payload),
            }
        }
        // It never blocks: the sentinel comes last, so its own place in the queue is free now.
        sender.send(None).expect("the receiver is alive");
        if let Some(payload) = panicked {
            panic::resume_unwind(payload);
        }
        end.map(|()| results)
    };
    let ends: Vec<_> = thread::scope(|scope| {
        let consume = &consume;
        let threads: Vec<_> = consumers
            .iter()
            .map(|&name| {
                let sender = sender.clone();
                let thread = thread::Builder::new().name(name.to_owned());
                thread.spawn_scoped(scope, move || consume(name, sender)).unwrap()
            })
            .collect();
        let produced = panic::catch_unwind(AssertUnwindSafe(|| {
            for item in items {
                if failed.load(Ordering::SeqCst) {
                    break;
                }
                sender.send(Some(item)).expect("the receiver is alive");
            }
        }));
        sender.send(None).expect("the receiver is alive");
        if let Err(payload) = produced {
            panic::resume_unwind(payload);
        }
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut results = Vec::new();
    let mut failure = None;
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
