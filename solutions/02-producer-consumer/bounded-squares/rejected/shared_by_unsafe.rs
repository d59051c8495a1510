//! breaks: exercise · finding: forbidden
//! The results go into one `Vec` without a lock, since the writer's lock is held at the time and covers them. It
//! does; but the compiler has been told not to look, and the next change may move a line.

use std::cell::UnsafeCell;
use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

use crossbeam::channel;

struct Results(UnsafeCell<Vec<u64>>);

unsafe impl Sync for Results {}

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
    let all = Results(UnsafeCell::new(Vec::new()));
    let (sender, receiver) = channel::bounded(capacity);
    let out = Mutex::new(out);
    let items = items.into_iter();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for &name in consumers {
            let (receiver, out, work, all) = (receiver.clone(), &out, &work, &all);
            let consume = move || -> io::Result<()> {
                for item in receiver {
                    let result = work(item);
                    let mut out = out.lock().unwrap();
                    // The writer's lock is held.
                    unsafe { (*all.0.get()).push(result) };
                    writeln!(out, "{name} processed {item} -> {result}")?;
                }
                Ok(())
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
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let mut results = all.0.into_inner();
    results.sort_unstable();
    Ok(results)
}
