//! breaks: clause 5 · finding: wrong-answer
//! Panics anew with the text of the payload: a `&str` comes out as a `String`.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// No result came before the deadline. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

/// Tells the work of one call whether its caller has given up.
#[derive(Debug, Clone)]
pub struct Cancelled(Arc<OnceLock<()>>);

impl Cancelled {
    /// Whether the caller has given up.
    pub fn is_set(&self) -> bool {
        self.0.get().is_some()
    }
}

impl Deadline {
    /// The one place where anybody waits. A rendezvous channel holds nothing: the outcome is either in the hands of the
    /// caller, or still in those of the worker.
    fn meet<R, F>(&self, work: F) -> Option<R>
    where
        R: Send + 'static,
        F: FnOnce(&Cancelled) -> R + Send + 'static,
    {
        let flag = Arc::new(OnceLock::new());
        let cancelled = Cancelled(Arc::clone(&flag));
        let (hand_over, meeting) = sync_channel(0);
        let worker = thread::spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&cancelled)));
            // Nobody came: it comes back in the error, and is dropped here.
            drop(hand_over.send(outcome));
        });
        let Ok(outcome) = meeting.recv_timeout(self.left()) else {
            flag.set(()).expect("only this line sets it");
            return None;
        };
        worker.join().expect("nothing panics after the work");
        Some(outcome.unwrap_or_else(|payload| match payload.downcast_ref::<&str>() {
            // Again, so that the message shows where the caller was.
            Some(message) => panic!("{message}"),
            None => resume_unwind(payload),
        }))
    }
}

/// Calls `work` on a thread, and waits for its result, at most for `limit`. After that it returns what `fallback` returns.
pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    let deadline = Deadline::after(limit);
    deadline.meet(work).unwrap_or_else(fallback)
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
        if self.left().is_zero() { Err(TimedOut) } else { self.meet(work).ok_or(TimedOut) }
    }
}
