//! accepted: a thread for each item, begun when a permit is free, joined in the order of the items
//! for when an item needs a thread of its own anyway, say a large stack. A join tells whose panic it was.

use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex};
use std::thread;

struct Permits {
    /// How many permits are free, and whether a thread has panicked.
    free: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Permits {
    /// Waits for a permit; `false` if there will be no more.
    fn take(&self) -> bool {
        let waits = |(free, panicked): &mut (usize, bool)| *free == 0 && !*panicked;
        let mut state = self.changed.wait_while(self.free.lock().unwrap(), waits).unwrap();
        let (free, panicked) = *state;
        if panicked {
            return false;
        }
        state.0 = free - 1;
        true
    }
}

struct Permit<'a>(&'a Permits);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let panicking = thread::panicking();
        // A thread that panics may not unwrap: that would be a second panic.
        if let Ok(mut state) = self.0.free.lock() {
            state.0 += 1;
            state.1 |= panicking;
        }
        self.0.changed.notify_one();
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
    let permits = Permits { free: Mutex::new((workers, false)), changed: Condvar::new() };
    let ends: Vec<_> = thread::scope(|scope| {
        let mut threads = Vec::new();
        for item in items {
            if !permits.take() {
                break;
            }
            let (permits, f) = (&permits, &f);
            threads.push(scope.spawn(move || {
                let _permit = Permit(permits);
                f(item)
            }));
        }
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut results = Vec::new();
    for end in ends {
        results.push(end.unwrap_or_else(|payload| resume_unwind(payload)));
    }
    results
}
