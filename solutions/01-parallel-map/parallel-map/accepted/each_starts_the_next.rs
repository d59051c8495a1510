//! accepted: a thread that is done with its item starts the thread of the next one
//! for when each item should have a fresh thread, and nobody should wait to start them.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread::{self, Scope};

struct Job<T, R, F> {
    queue: Mutex<VecDeque<(usize, T)>>,
    ended: Mutex<Vec<(usize, thread::Result<R>)>>,
    f: F,
}

impl<T: Send, R: Send, F: Fn(T) -> R + Sync> Job<T, R, F> {
    fn begin<'scope, 'env>(&'env self, scope: &'scope Scope<'scope, 'env>) {
        let Some((i, item)) = self.queue.lock().unwrap().pop_front() else { return };
        scope.spawn(move || {
            let end = catch_unwind(AssertUnwindSafe(|| (self.f)(item)));
            let failed = end.is_err();
            self.ended.lock().unwrap().push((i, end));
            if failed {
                let rest = std::mem::take(&mut *self.queue.lock().unwrap());
                drop(rest);
            }
            self.begin(scope);
        });
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
    let job = Job { queue: Mutex::new(items.into_iter().enumerate().collect()), ended: Mutex::default(), f };
    thread::scope(|scope| {
        for _ in 0..count {
            job.begin(scope);
        }
    });
    let mut ended = job.ended.into_inner().unwrap();
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
