//! accepted: crossbeam's lock-free ArrayQueue; who finds it full or empty parks, who changes it unparks

use std::io::{self, Write};
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Thread};

use crossbeam::queue::ArrayQueue;

/// Takes its consumer off the count, also if the consumer panics, and wakes the producer.
struct Alive<'a> {
    consumers: &'a AtomicUsize,
    producer: &'a Thread,
}

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.consumers.fetch_sub(1, Ordering::SeqCst);
        self.producer.unpark();
    }
}

/// Closes the queue, also if the producer panics, and wakes the consumers.
struct Open<'a> {
    closed: &'a AtomicBool,
    consumers: Vec<Thread>,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        self.consumers.iter().for_each(Thread::unpark);
    }
}

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
    let queue = ArrayQueue::new(capacity);
    let alive = AtomicUsize::new(consumers.len());
    let closed = AtomicBool::new(false);
    let producer = thread::current();
    let out = Mutex::new(out);
    let consume = |name: &str| -> io::Result<Vec<u64>> {
        let _alive = Alive { consumers: &alive, producer: &producer };
        let mut results = Vec::new();
        loop {
            // Read before the pop: an empty queue that was closed before stays empty.
            let last = closed.load(Ordering::SeqCst);
            match queue.pop() {
                Some(item) => {
                    producer.unpark();
                    let result = work(item);
                    results.push(result);
                    writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
                }
                None if last => return Ok(results),
                None => thread::park(),
            }
        }
    };
    let ends: Vec<_> = thread::scope(|scope| {
        let consume = &consume;
        let threads: Vec<_> = consumers
            .iter()
            .map(|&name| {
                let thread = thread::Builder::new().name(name.to_owned());
                thread.spawn_scoped(scope, move || consume(name)).unwrap()
            })
            .collect();
        let open = Open { closed: &closed, consumers: threads.iter().map(|t| t.thread().clone()).collect() };
        'items: for mut item in items {
            while let Err(back) = queue.push(item) {
                if alive.load(Ordering::SeqCst) == 0 {
                    break 'items;
                }
                item = back;
                thread::park();
            }
            open.consumers.iter().for_each(Thread::unpark);
        }
        drop(open);
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
