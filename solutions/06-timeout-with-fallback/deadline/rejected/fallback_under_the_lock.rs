//! breaks: clause 8 · finding: leaked-thread
//! The caller keeps the lock of the outcome while the fallback runs, so late work that ends meanwhile has to wait for it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// No result came before the deadline. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

/// Tells the work of one call whether its caller has given up.
#[derive(Debug, Clone)]
pub struct Cancelled(Arc<AtomicBool>);

impl Cancelled {
    /// Whether the caller has given up.
    pub fn is_set(&self) -> bool {
        self.0.load(SeqCst)
    }
}

type Slot<R> = Arc<(Mutex<Option<thread::Result<R>>>, Condvar)>;

fn attempt<R, T, F>(limit: Duration, work: F, late: impl FnOnce() -> T, in_time: impl FnOnce(R) -> T) -> T
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
{
    let slot: Slot<R> = Arc::new((Mutex::new(None), Condvar::new()));
    let cancelled = Cancelled(Arc::new(AtomicBool::new(false)));
    let (its, flag) = (Arc::clone(&slot), cancelled.clone());
    let worker = thread::spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&flag)));
        let mut place = its.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !flag.is_set() {
            *place = Some(outcome);
            its.1.notify_all();
        }
    });
    let guard = slot.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut guard, _) = slot.1.wait_timeout_while(guard, limit, |its| its.is_none()).unwrap();
    match guard.take() {
        Some(outcome) => {
            drop(guard);
            worker.join().expect("the panic is caught");
            in_time(outcome.unwrap_or_else(|payload| resume_unwind(payload)))
        }
        None => {
            cancelled.0.store(true, SeqCst);
            late()
        }
    }
}

/// Calls `work` on a thread, and waits for its result, at most for `limit`. After that it returns what `fallback` returns.
pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    attempt(limit, work, fallback, |result| result)
}

/// A point in time that several steps share.
#[derive(Debug)]
pub struct Deadline {
    start: Instant,
    limit: Duration,
}

impl Deadline {
    /// The deadline that is `limit` from now.
    pub fn after(limit: Duration) -> Self {
        Self { start: Instant::now(), limit }
    }

    /// How much time is left. Zero after the deadline.
    pub fn left(&self) -> Duration {
        self.limit.saturating_sub(self.start.elapsed())
    }

    /// Runs one step on a thread, and waits for its result until the deadline. After the deadline no step begins.
    ///
    /// # Errors
    /// If there is no result at the deadline.
    pub fn call<R, F>(&self, work: F) -> Result<R, TimedOut>
    where
        R: Send + 'static,
        F: FnOnce(&Cancelled) -> R + Send + 'static,
    {
        let left = self.left();
        if left.is_zero() {
            return Err(TimedOut);
        }
        attempt(left, work, || Err(TimedOut), Ok)
    }
}
