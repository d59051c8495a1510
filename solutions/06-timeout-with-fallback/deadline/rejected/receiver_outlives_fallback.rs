//! breaks: clause 3 · finding: wrong-answer
//! The receiver lives until the call returns, so the caller drops a result that comes while the fallback runs.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// No result came before the deadline. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

/// Tells the work of one call whether its caller has given up.
#[derive(Debug, Clone)]
pub struct Cancelled(Arc<AtomicU8>);

impl Cancelled {
    /// Whether the caller has given up.
    pub fn is_set(&self) -> bool {
        self.0.load(SeqCst) == 2
    }
}

enum Outcome<R> {
    InTime(R),
    Late(Receiver<thread::Result<R>>),
}

fn attempt<R, F>(limit: Duration, work: F) -> Outcome<R>
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
{
    let cancelled = Cancelled(Arc::new(AtomicU8::new(0)));
    let its = cancelled.clone();
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&its)));
        let _ = its.0.compare_exchange(0, 1, SeqCst, SeqCst);
        let _ = sender.send(outcome);
    });
    let outcome = match receiver.recv_timeout(limit) {
        Ok(outcome) => outcome,
        Err(_) if cancelled.0.compare_exchange(0, 2, SeqCst, SeqCst).is_ok() => {
            return Outcome::Late(receiver);
        }
        Err(_) => receiver.recv().expect("the worker sends its outcome"),
    };
    worker.join().expect("the panic is caught");
    Outcome::InTime(outcome.unwrap_or_else(|payload| resume_unwind(payload)))
}

/// Calls `work` on a thread, and waits for its result, at most for `limit`. After that it returns what `fallback` returns.
pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    match attempt(limit, work) {
        Outcome::InTime(result) => result,
        Outcome::Late(_receiver) => fallback(),
    }
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
        match attempt(left, work) {
            Outcome::InTime(result) => Ok(result),
            Outcome::Late(receiver) => {
                drop(receiver);
                Err(TimedOut)
            }
        }
    }
}
