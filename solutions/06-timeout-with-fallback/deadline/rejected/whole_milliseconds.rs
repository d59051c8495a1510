//! breaks: clause 2 · finding: too-early
//! The limit is turned into whole milliseconds, so its fraction is cut off.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// No result came before the deadline. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

const OPEN: u8 = 0;
const ENDED: u8 = 1;
const GIVEN_UP: u8 = 2;

/// Tells the work of one call whether its caller has given up.
#[derive(Debug, Clone)]
pub struct Cancelled {
    /// Whoever moves it away from `OPEN` has decided the call.
    verdict: Arc<AtomicU8>,
}

impl Cancelled {
    /// Whether the caller has given up.
    pub fn is_set(&self) -> bool {
        self.verdict.load(SeqCst) == GIVEN_UP
    }

    fn decide(&self, verdict: u8) -> bool {
        self.verdict.compare_exchange(OPEN, verdict, SeqCst, SeqCst).is_ok()
    }
}

fn attempt<R, F>(limit: Duration, work: F) -> Option<R>
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
{
    let cancelled = Cancelled { verdict: Arc::new(AtomicU8::new(OPEN)) };
    let (sender, receiver) = mpsc::channel();
    let its = cancelled.clone();
    let start = Instant::now();
    let worker = thread::spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&its)));
        if its.decide(ENDED) {
            // The caller waits for this, and for nothing else.
            sender.send(outcome).expect("the caller waits");
        }
    });
    let millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    let left = Duration::from_millis(millis).saturating_sub(start.elapsed());
    let outcome = match receiver.recv_timeout(left) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) if cancelled.decide(GIVEN_UP) => return None,
        // It ended at the very last moment, and its message is on the way.
        Err(_) => receiver.recv().expect("the work has ended, and says how"),
    };
    worker.join().expect("the work's panic is caught");
    match outcome {
        Ok(result) => Some(result),
        Err(payload) => resume_unwind(payload),
    }
}

/// Calls `work` on a thread, and waits for its result, at most for `limit`. After that it returns what `fallback` returns.
pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    attempt(limit, work).unwrap_or_else(fallback)
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
        attempt(left, work).ok_or(TimedOut)
    }
}
