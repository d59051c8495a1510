//! breaks: clause 1 · finding: wrong-answer
//! One lock around every call. A call inside of a call waits for itself.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
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

static ONE: Mutex<()> = Mutex::new(());

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
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let cancelled = Cancelled::default();
        let (sender, result) = mpsc::channel();
        let looks = cancelled.clone();
        thread::spawn(move || {
            // A panic travels as a value, so that it can't be mistaken for a timeout.
            let ended = catch_unwind(AssertUnwindSafe(|| work(&looks)));
            // Fails if the caller has left. Then the result, or the payload, is dropped here.
            let _ = sender.send(ended);
        });
        match result.recv_timeout(self.left()) {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(payload)) => resume_unwind(payload),
            // The thread always sends, so this is the limit.
            Err(_) => {
                cancelled.0.store(true, Ordering::SeqCst);
                Err(TimedOut)
            }
        }
    }
}
