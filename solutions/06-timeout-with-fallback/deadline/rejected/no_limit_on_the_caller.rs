//! breaks: clause 1 · finding: wrong-answer
//! With a limit of `Duration::MAX` the work is called on the thread of the caller.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

#[derive(Debug, Clone)]
pub struct Cancelled {
    flag: Arc<AtomicBool>,
}

impl Cancelled {
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::SeqCst)
    }
}

enum Slot<R> {
    Pending,
    Ended(thread::Result<R>),
    GivenUp,
}

/// Runs the work on a thread. `late` is called on this thread when the caller gives up.
fn attempt<R, F>(limit: Duration, work: F) -> Result<R, TimedOut>
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
{
    let begin = Instant::now();
    if limit.is_zero() {
        return Err(TimedOut);
    }
    if limit == Duration::MAX {
        return Ok(work(&Cancelled { flag: Arc::new(AtomicBool::new(false)) }));
    }
    let cancelled = Cancelled { flag: Arc::new(AtomicBool::new(false)) };
    let shared = Arc::new((Mutex::new(Slot::<R>::Pending), Condvar::new()));
    let (mine, flag) = (Arc::clone(&shared), cancelled.clone());
    thread::spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| work(&flag)));
        let mut slot = mine.0.lock().unwrap();
        if matches!(*slot, Slot::GivenUp) {
            drop(slot);
            let _ = catch_unwind(AssertUnwindSafe(move || drop(ended)));
        } else {
            *slot = Slot::Ended(ended);
            drop(slot);
            mine.1.notify_all();
        }
    });
    let mut slot = shared.0.lock().unwrap();
    loop {
        match std::mem::replace(&mut *slot, Slot::Pending) {
            Slot::Ended(Ok(result)) => return Ok(result),
            Slot::Ended(Err(payload)) => {
                drop(slot);
                resume_unwind(payload);
            }
            Slot::Pending | Slot::GivenUp => {}
        }
        let left = limit.saturating_sub(begin.elapsed());
        if left.is_zero() {
            *slot = Slot::GivenUp;
            cancelled.flag.store(true, Ordering::SeqCst);
            return Err(TimedOut);
        }
        slot = shared.1.wait_timeout(slot, left).unwrap().0;
    }
}

pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    match attempt(limit, work) {
        Ok(result) => result,
        Err(TimedOut) => fallback(),
    }
}

#[derive(Debug)]
pub struct Deadline {
    begin: Instant,
    limit: Duration,
}

impl Deadline {
    pub fn after(limit: Duration) -> Self {
        Self { begin: Instant::now(), limit }
    }

    pub fn left(&self) -> Duration {
        self.limit.saturating_sub(self.begin.elapsed())
    }

    pub fn call<R, F>(&self, work: F) -> Result<R, TimedOut>
    where
        R: Send + 'static,
        F: FnOnce(&Cancelled) -> R + Send + 'static,
    {
        attempt(self.left(), work)
    }
}
