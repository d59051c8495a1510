//! accepted: two semaphores by hand, one counts the room and one the items; a sentinel for each consumer

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, OnceLock};
use std::thread;

struct Semaphore {
    count: Mutex<usize>,
    raised: Condvar,
}

impl Semaphore {
    fn new(count: usize) -> Self {
        Semaphore { count: Mutex::new(count), raised: Condvar::new() }
    }

    fn down(&self) {
        let mut count = self.count.lock().unwrap();
        while *count == 0 {
            count = self.raised.wait(count).unwrap();
        }
        *count -= 1;
    }

    fn up(&self) {
        *self.count.lock().unwrap() += 1;
        self.raised.notify_one();
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
    let (room, filled) = (Semaphore::new(capacity), Semaphore::new(0));
    let queue = Mutex::new(VecDeque::new());
    let put = |item: Option<u64>| {
        room.down();
        queue.lock().unwrap().push_back(item);
        filled.up();
    };
    let take = || {
        filled.down();
        let item = queue.lock().unwrap().pop_front().expect("the semaphore counts the items");
        room.up();
        item
    };
    let out = Mutex::new(out);
    let failure = OnceLock::new();
    let results = Mutex::new(Vec::new());
    let consume = |name: &str| {
        let mut panicked = None;
        while let Some(item) = take() {
            if failure.get().is_some() {
                // What is still coming is taken out of the producer's way and dropped.
                continue;
            }
            match panic::catch_unwind(AssertUnwindSafe(|| work(item))) {
                Ok(result) => {
                    results.lock().unwrap().push(result);
                    let written = writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}");
                    if let Err(error) = written {
                        let _ = failure.set(error);
                    }
                }
                Err(payload) => panicked = Some(payload),
            }
        }
        if let Some(payload) = panicked {
            panic::resume_unwind(payload);
        }
    };
    let items = items.into_iter();
    let produce = || {
        let produced = panic::catch_unwind(AssertUnwindSafe(|| {
            items.take_while(|_| failure.get().is_none()).for_each(|item| put(Some(item)));
        }));
        consumers.iter().for_each(|_| put(None));
        if let Err(payload) = produced {
            panic::resume_unwind(payload);
        }
    };
    thread::scope(|scope| {
        let consume = &consume;
        for &name in consumers {
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn_scoped(scope, move || consume(name)).unwrap();
        }
        scope.spawn(produce);
    });
    if let Some(error) = failure.into_inner() {
        return Err(error);
    }
    let mut results = results.into_inner().unwrap();
    results.sort_unstable();
    Ok(results)
}
