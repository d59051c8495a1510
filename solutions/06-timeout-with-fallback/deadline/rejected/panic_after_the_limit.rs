//! breaks: clause 5 · finding: too-late
//! A panic that drops the sender is noticed only when the limit has passed.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// No result came before the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

/// Tells the work of one call whether its caller has given up.
#[derive(Debug, Clone, Default)]
pub struct Cancelled(Arc<AtomicBool>);

impl Cancelled {
    /// Whether the caller has given up.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Calls `work` on a thread, and waits for its result, at most for `limit`. After that it returns what `fallback` returns.
pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    // On the caller's thread, and outside of everything: a fallback may be slow or panic, and that is its own affair.
    Deadline::after(limit).call(work).unwrap_or_else(|TimedOut| fallback())
}

/// A point in time that several steps share.
#[derive(Debug)]
pub struct Deadline {
    /// `None` if it is further away than the clock can count.
    at: Option<Instant>,
}

impl Deadline {
    /// The deadline that is `limit` from now.
    pub fn after(limit: Duration) -> Self {
        Self { at: Instant::now().checked_add(limit) }
    }

    /// How much time is left. Zero after the deadline.
    pub fn left(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
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
        if self.left().is_zero() {
            return Err(TimedOut);
        }
        let cancelled = Cancelled::default();
        let place = Arc::new((Mutex::new(None), Condvar::new()));
        let (looks, filled) = (cancelled.clone(), Arc::clone(&place));
        let handle = thread::spawn(move || {
            let result = work(&looks);
            *filled.0.lock().unwrap() = Some(result);
            filled.1.notify_one();
        });
        let slot = place.0.lock().unwrap();
        let (mut slot, _) = place.1.wait_timeout_while(slot, self.left(), |slot| slot.is_none()).unwrap();
        if let Some(result) = slot.take() {
            return Ok(result);
        }
        drop(slot);
        if handle.is_finished()
            && let Err(payload) = handle.join()
        {
            resume_unwind(payload);
        }
        cancelled.0.store(true, Ordering::SeqCst);
        Err(TimedOut)
    }
}
