//! breaks: clause 6 · finding: deadlock
//! Closing sets a flag that every consumer looks at before it waits. But a consumer that is waiting already looks
//! only when it is woken, and nobody wakes it.

use std::collections::VecDeque;
use std::io::{self, Write};
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
    let state = Mutex::new((VecDeque::new(), false));
    let (room, filled) = (Condvar::new(), Condvar::new());
    let take = || {
        let empty = |state: &mut (VecDeque<u64>, bool)| state.0.is_empty() && !state.1;
        let mut locked = filled.wait_while(state.lock().unwrap(), empty).unwrap();
        room.notify_one();
        locked.0.pop_front()
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
            let full = |state: &mut (VecDeque<u64>, bool)| state.0.len() == capacity;
            let mut locked = room.wait_while(state.lock().unwrap(), full).unwrap();
            locked.0.push_back(item);
            filled.notify_one();
        }
        state.lock().unwrap().1 = true;
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
