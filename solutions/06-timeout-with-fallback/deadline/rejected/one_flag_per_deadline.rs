//! breaks: clause 4 · finding: wrong-answer
//! All steps of a deadline share one flag, so a step that is late sets it for the earlier ones too.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

/// No result came before the deadline. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

/// Tells the work of one call whether its caller has given up.
#[derive(Debug, Clone)]
pub struct Cancelled {
    flag: Arc<AtomicBool>,
}

impl Cancelled {
    /// Whether the caller has given up.
    pub fn is_set(&self) -> bool {
        self.flag.load(SeqCst)
    }
}

/// Calls `work` on a thread, and waits for its result, at most for `limit`. After that it returns what `fallback` returns.
pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    Deadline::after(limit).step(work).unwrap_or_else(|TimedOut| fallback())
}

/// A point in time that several steps share.
#[derive(Debug)]
pub struct Deadline {
    start: Instant,
    limit: Duration,
    passed: Cancelled,
}

impl Deadline {
    /// The deadline that is `limit` from now.
    pub fn after(limit: Duration) -> Self {
        Self { start: Instant::now(), limit, passed: Cancelled { flag: Arc::new(AtomicBool::new(false)) } }
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
        if self.left().is_zero() {
            return Err(TimedOut);
        }
        self.step(work)
    }

    fn step<R, F>(&self, work: F) -> Result<R, TimedOut>
    where
        R: Send + 'static,
        F: FnOnce(&Cancelled) -> R + Send + 'static,
    {
        let (hand_over, outcome) = sync_channel(0);
        let cancelled = self.passed.clone();
        let worker = thread::spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&cancelled)));
            drop(hand_over.send(outcome));
        });
        match outcome.recv_timeout(self.left()) {
            Ok(outcome) => {
                worker.join().expect("the panic is caught");
                Ok(outcome.unwrap_or_else(|payload| resume_unwind(payload)))
            }
            Err(_) => {
                self.passed.flag.store(true, SeqCst);
                Err(TimedOut)
            }
        }
    }
}
