//! accepted: nothing is caught; a worker whose item panics dies, and its join says so
//! for when you would rather not catch. Each worker writes down where it is, so that its panic can be told from the others'.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Tells the others when its thread panics.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::SeqCst);
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
    let total = items.len();
    let queue = Mutex::new(items.into_iter().enumerate());
    let stop = AtomicBool::new(false);
    let places: Vec<_> = (0..workers.min(total)).map(|_| AtomicUsize::new(0)).collect();
    let worker = |place: &AtomicUsize| {
        let _alarm = Alarm(&stop);
        let mut done = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            let Some((i, item)) = queue.lock().unwrap_or_else(PoisonError::into_inner).next() else { break };
            place.store(i, Ordering::SeqCst);
            done.push((i, f(item)));
        }
        done
    };
    let mut done = Vec::with_capacity(total);
    let mut panics: Vec<(usize, Box<dyn Any + Send>)> = Vec::new();
    thread::scope(|scope| {
        let worker = &worker;
        let threads: Vec<_> =
            places.iter().map(|place| (place, scope.spawn(move || worker(place)))).collect();
        for (place, thread) in threads {
            match thread.join() {
                Ok(part) => done.extend(part),
                Err(payload) => panics.push((place.load(Ordering::SeqCst), payload)),
            }
        }
    });
    if let Some(first) = (0..panics.len()).min_by_key(|p| panics[*p].0) {
        let (_, payload) = panics.swap_remove(first);
        drop((panics, done, queue));
        resume_unwind(payload);
    }
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}
