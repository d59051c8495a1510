//! breaks: clause 1 · finding: race
//! The consumers put their results into a `static`, which every thread can reach without an argument, and the caller takes
//! them out at the end. But there is one of it for all calls: the first that is done takes the other's results along.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;
use std::sync::{Condvar, Mutex};
use std::thread;

struct Queue {
    state: Mutex<State>,
    capacity: usize,
    room: Condvar,
    item: Condvar,
}

struct State {
    waiting: VecDeque<u64>,
    closed: bool,
    consumers: usize,
}

impl Queue {
    /// False if nobody is left to take it.
    fn put(&self, item: u64) -> bool {
        let full = |state: &mut State| state.consumers > 0 && state.waiting.len() == self.capacity;
        let mut state = self.room.wait_while(self.state.lock().unwrap(), full).unwrap();
        if state.consumers == 0 {
            return false;
        }
        state.waiting.push_back(item);
        self.item.notify_one();
        true
    }

    /// None when the queue is closed and empty.
    fn take(&self) -> Option<u64> {
        let empty = |state: &mut State| !state.closed && state.waiting.is_empty();
        let mut state = self.item.wait_while(self.state.lock().unwrap(), empty).unwrap();
        let item = state.waiting.pop_front();
        self.room.notify_one();
        item
    }
}

/// Taken out at the end of a call, so that the next one finds it empty.
static RESULTS: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// Closes the queue, also if the producer panics.
struct Producer<'a>(&'a Queue);

impl Drop for Producer<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().closed = true;
        self.0.item.notify_all();
    }
}

/// Takes its consumer off the count, also if the consumer panics.
struct Consumer<'a>(&'a Queue);

impl Drop for Consumer<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().consumers -= 1;
        self.0.room.notify_one();
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
    let state = State { waiting: VecDeque::new(), closed: false, consumers: consumers.len() };
    let queue = Queue { state: Mutex::new(state), capacity, room: Condvar::new(), item: Condvar::new() };
    let out = Mutex::new(out);
    let consume = |name: &str| -> io::Result<()> {
        let consumer = Consumer(&queue);
        while let Some(item) = consumer.0.take() {
            let result = work(item);
            RESULTS.lock().unwrap().push(result);
            writeln!(out.lock().unwrap(), "{name} processed {item} -> {result}")?;
        }
        Ok(())
    };
    let items = items.into_iter();
    let produce = || {
        let producer = Producer(&queue);
        for item in items {
            if !producer.0.put(item) {
                break;
            }
        }
    };
    thread::scope(|scope| {
        let consume = &consume;
        let threads: Vec<_> = consumers
            .iter()
            .map(|&name| {
                let thread = thread::Builder::new().name(name.to_owned());
                thread.spawn_scoped(scope, move || consume(name)).unwrap()
            })
            .collect();
        scope.spawn(produce);
        // A panic of a consumer is unwrapped here, after which the scope still waits for the others.
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let mut results = mem::take(&mut *RESULTS.lock().unwrap());
    results.sort_unstable();
    Ok(results)
}
