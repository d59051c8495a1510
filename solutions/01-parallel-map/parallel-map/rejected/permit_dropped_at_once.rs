//! breaks: clause 3 · finding: oversubscribed
//! `let _ =` drops the permit where it was taken, and all items run at once.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

struct Permits {
    free: Mutex<usize>,
    changed: Condvar,
}

impl Permits {
    fn take(&self) -> Permit<'_> {
        let free = self.free.lock().unwrap();
        let mut free = self.changed.wait_while(free, |free| *free == 0).unwrap();
        *free -= 1;
        Permit(self)
    }
}

struct Permit<'a>(&'a Permits);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
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
    let permits = Permits { free: Mutex::new(workers), changed: Condvar::new() };
    let stop = AtomicBool::new(false);
    let mut ended: Vec<(usize, thread::Result<R>)> = thread::scope(|scope| {
        let (permits, stop, f) = (&permits, &stop, &f);
        let mut threads = Vec::new();
        for (i, item) in items.into_iter().enumerate() {
            let _ = permits.take();
            if stop.load(Ordering::SeqCst) {
                break;
            }
            threads.push(scope.spawn(move || {
                let end = catch_unwind(AssertUnwindSafe(|| f(item)));
                stop.fetch_or(end.is_err(), Ordering::SeqCst);
                (i, end)
            }));
        }
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    ended.sort_by_key(|(i, _)| *i);
    let results: thread::Result<Vec<R>> = ended.into_iter().map(|(_, end)| end).collect();
    results.unwrap_or_else(|payload| resume_unwind(payload))
}
