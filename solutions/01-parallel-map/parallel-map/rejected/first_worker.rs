//! breaks: clause 4 · finding: race
//! Of several panics, that of the worker comes out that is joined first. Which item it had is nowhere written down.

use std::sync::Mutex;
use std::thread;

struct Stop<'a, I: Iterator>(&'a Mutex<I>);

impl<I: Iterator> Drop for Stop<'_, I> {
    fn drop(&mut self) {
        if thread::panicking() {
            let mut queue = self.0.lock().unwrap();
            while queue.next().is_some() {}
        }
    }
}

/// Calls `f` for every item on `workers` threads, and returns the results in the order of the items.
pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "a map needs at least one worker");
    let count = workers.min(items.len());
    let queue = Mutex::new(items.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    let ends: Vec<thread::Result<()>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|_| {
                scope.spawn(|| {
                    let _stop = Stop(&queue);
                    loop {
                        let next = queue.lock().unwrap().next();
                        let Some((i, item)) = next else { break };
                        let result = f(item);
                        done.lock().unwrap().push((i, result));
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    for end in ends {
        if let Err(payload) = end {
            std::panic::resume_unwind(payload);
        }
    }
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}
