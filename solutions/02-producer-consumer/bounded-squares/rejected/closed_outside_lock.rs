//! breaks: clause 6 · finding: deadlock
//! The flag is atomic, so it needs no lock, and all are notified after it is set. But a consumer may have looked at
//! the flag and not be waiting yet: it holds the lock, the notification passes by, and then it waits.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
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
    let waiting = Mutex::new(VecDeque::new());
    let closed = AtomicBool::new(false);
    let (room, filled) = (Condvar::new(), Condvar::new());
    let take = || {
        let empty = |waiting: &mut VecDeque<u64>| waiting.is_empty() && !closed.load(Ordering::SeqCst);
        let mut waiting = filled.wait_while(waiting.lock().unwrap(), empty).unwrap();
        room.notify_one();
        waiting.pop_front()
    };
    let (out, results) = (Mutex::new(out), Mutex::new(Vec::new()));
    let consume = |name: &str| -> io::Result<()> {
        while let Some(item) = take() {
            let result = work(item);
            results.lock().unwrap().push(result);
            writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let consume = &consume;
        let mut threads = Vec::new();
        for &name in consumers {
            let thread = thread::Builder::new().name(name.to_owned());
            threads.push(thread.spawn_scoped(scope, move || consume(name))?);
        }
        for item in items {
            let full = |waiting: &mut VecDeque<u64>| waiting.len() == capacity;
            let mut waiting = room.wait_while(waiting.lock().unwrap(), full).unwrap();
            waiting.push_back(item);
            filled.notify_one();
        }
        closed.store(true, Ordering::SeqCst);
        filled.notify_all();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
