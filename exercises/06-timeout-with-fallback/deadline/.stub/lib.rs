//! A call with a timeout and a fallback, and several steps under one deadline.

use std::time::Duration;

/// No result came before the deadline. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

/// Tells the work of one call whether its caller has given up.
#[derive(Debug, Clone)]
pub struct Cancelled {
    // Yours to replace.
    fields: (),
}

impl Cancelled {
    /// Whether the caller has given up.
    pub fn is_set(&self) -> bool {
        let () = self.fields;
        todo!("look at what the caller has set")
    }
}

/// Calls `work` on a thread, and waits for its result, at most for `limit`. After that it returns what `fallback` returns.
pub fn with_timeout<R, F, B>(limit: Duration, work: F, fallback: B) -> R
where
    R: Send + 'static,
    F: FnOnce(&Cancelled) -> R + Send + 'static,
    B: FnOnce() -> R,
{
    let _ = (limit, work, fallback, Cancelled { fields: () });
    todo!("start a thread, wait for its result with a limit, and tell the work if you give up")
}

/// A point in time that several steps share.
#[derive(Debug)]
pub struct Deadline {
    // Yours to replace.
    fields: (),
}

impl Deadline {
    /// The deadline that is `limit` from now.
    pub fn after(limit: Duration) -> Self {
        let _ = (limit, Self { fields: () });
        todo!("remember when the time is up")
    }

    /// How much time is left. Zero after the deadline.
    pub fn left(&self) -> Duration {
        let () = self.fields;
        todo!("look at the clock")
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
        let _ = work;
        todo!("like `with_timeout`, with what is left of the time")
    }
}
