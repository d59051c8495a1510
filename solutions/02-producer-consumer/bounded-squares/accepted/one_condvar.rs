//! accepted: one Condvar for everything that can change, always notified with notify_all

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex};
use std::thread;

struct State<W> {
    waiting: VecDeque<u64>,
    closed: bool,
    failure: Option<io::Error>,
    results: Vec<u64>,
    out: W,
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
    let state = State { waiting: VecDeque::new(), closed: false, failure: None, results: Vec::new(), out };
    let state = Mutex::new(state);
    let changed = Condvar::new();
    let consume = |name: &str| {
        let mut panicked = None;
        loop {
            let nothing = |state: &mut State<W>| state.waiting.is_empty() && !state.closed;
            let mut locked = changed.wait_while(state.lock().unwrap(), nothing).unwrap();
            let Some(item) = locked.waiting.pop_front() else { break };
            changed.notify_all();
            if locked.failure.is_some() {
                // What is still coming is taken out of the producer's way and dropped.
                continue;
            }
            drop(locked);
            match panic::catch_unwind(AssertUnwindSafe(|| work(item))) {
                Ok(result) => {
                    let mut state = state.lock().unwrap();
                    state.results.push(result);
                    if let Err(error) = writeln!(state.out, "{name} processed {item} -> {result}") {
                        state.failure.get_or_insert(error);
                    }
                }
                Err(payload) => panicked = Some(payload),
            }
        }
        if let Some(payload) = panicked {
            panic::resume_unwind(payload);
        }
    };
    let close = || {
        state.lock().unwrap().closed = true;
        changed.notify_all();
    };
    thread::scope(|scope| {
        let consume = &consume;
        for &name in consumers {
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn_scoped(scope, move || consume(name)).unwrap();
        }
        let produced = panic::catch_unwind(AssertUnwindSafe(|| {
            for item in items {
                let full = |state: &mut State<W>| state.waiting.len() >= capacity;
                let mut locked = changed.wait_while(state.lock().unwrap(), full).unwrap();
                if locked.failure.is_some() {
                    break;
                }
                locked.waiting.push_back(item);
                changed.notify_all();
            }
        }));
        close();
        if let Err(payload) = produced {
            panic::resume_unwind(payload);
        }
    });
    let state = state.into_inner().unwrap();
    if let Some(error) = state.failure {
        return Err(error);
    }
    let mut results = state.results;
    results.sort_unstable();
    Ok(results)
}
