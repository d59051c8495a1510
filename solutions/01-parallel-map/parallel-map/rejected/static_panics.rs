//! breaks: clause 4 · finding: race
//! The panics are kept in a static, so a call takes those of a concurrent call.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

type Payload = Box<dyn Any + Send>;

/// The panics of the items.
static PANICS: Mutex<Vec<(usize, Payload)>> = Mutex::new(Vec::new());

/// Drops a payload, whatever its destructor does.
fn discard(mut payload: Payload) {
    while let Err(next) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        payload = next;
    }
}

pub fn parallel_map<T, R, F>(items: Vec<T>, workers: usize, f: F) -> Vec<R>
where
    T: Send,
    R: Send,
    F: Fn(T) -> R + Sync,
{
    assert!(workers > 0, "there must be a worker");
    let count = items.len();
    let slots: Vec<Mutex<Option<R>>> = (0..count).map(|_| Mutex::new(None)).collect();
    let queue = Mutex::new(items.into_iter().enumerate());
    let stop = AtomicBool::new(false);

    thread::scope(|scope| {
        for _ in 0..workers.min(count) {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    let next = queue.lock().unwrap().next();
                    let Some((place, item)) = next else { break };
                    match catch_unwind(AssertUnwindSafe(|| f(item))) {
                        Ok(result) => *slots[place].lock().unwrap() = Some(result),
                        Err(payload) => {
                            stop.store(true, Ordering::SeqCst);
                            PANICS.lock().unwrap().push((place, payload));
                        }
                    }
                }
            });
        }
    });

    let mut panics = std::mem::take(&mut *PANICS.lock().unwrap());
    if !stop.into_inner() || panics.is_empty() {
        return slots.into_iter().map(|slot| slot.into_inner().unwrap().expect("it has been computed")).collect();
    }
    drop(queue);
    drop(slots);
    panics.sort_by_key(|(place, _)| *place);
    let (_, first) = panics.remove(0);
    panics.into_iter().for_each(|(_, payload)| discard(payload));
    resume_unwind(first)
}
