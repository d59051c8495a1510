//! A condition variable.

use ::std::cell::Cell;
use ::std::fmt;
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};
use ::std::sync::{LockResult, PoisonError};
use ::std::time::Duration;

use engine::{Loc, Waiting, Wake};

use super::MutexGuard;

/// As [`std::sync::Condvar`]. Which waiter `notify_one` wakes is the schedule's choice, and a wait may
/// now and then end without a notification, as std's documentation allows.
#[derive(Default)]
pub struct Condvar {
    /// The address of this is what waiters wait on.
    anchor: Cell<u8>,
}

// SAFETY: the cell is never read or written.
unsafe impl Sync for Condvar {}
impl UnwindSafe for Condvar {}
impl RefUnwindSafe for Condvar {}

/// As [`std::sync::WaitTimeoutResult`].
#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Whether the wait ended because its time was up.
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

/// One wait in this many ends at once, without a notification, when the schedule so chooses.
const SPURIOUS: usize = 8;

/// What a thread waits for that waits.
const NOTIFICATION: &str = "a notification on a Condvar";

/// What is said of a notification that reaches no thread.
const NOBODY_WAITS: &str = "nobody waits";

impl Condvar {
    /// As the real one.
    pub const fn new() -> Self {
        Self { anchor: Cell::new(0) }
    }

    fn address(&self) -> usize {
        (&raw const self.anchor) as usize
    }

    fn wait_until<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        deadline: Option<u64>,
        at: Loc,
    ) -> (LockResult<MutexGuard<'a, T>>, Wake) {
        let mutex = guard.mutex();
        engine::point("wait", self.address(), at);
        // What the guard's drop would do, without its scheduling point: from here to the block nothing
        // else runs, which is what makes the wait atomic.
        guard.poison_if_panicking();
        ::std::mem::forget(guard);
        mutex.release();
        let waiting = Waiting::on(NOTIFICATION, "wait", self.address(), at);
        let wake = engine::block_or_end(SPURIOUS, waiting, deadline);
        if wake == Wake::TimedOut {
            engine::record("time is up", self.address(), at);
        }
        engine::take_point("lock again", mutex.address(), mutex.waiting(at));
        mutex.acquire(at);
        (mutex.guard(at), wake)
    }

    /// As the real one.
    ///
    /// # Errors
    /// If the mutex is poisoned; the error has the guard.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.wait_until(guard, None, Location::caller()).0
    }

    /// As the real one.
    ///
    /// # Errors
    /// If the mutex is poisoned; the error has the guard.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut *guard) {
            guard = self.wait_until(guard, None, Location::caller()).0?;
        }
        Ok(guard)
    }

    /// As the real one, in virtual time.
    ///
    /// # Errors
    /// If the mutex is poisoned; the error has the guard.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        duration: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (guard, wake) = self.wait_until(guard, crate::time::deadline(duration), Location::caller());
        let timed_out = WaitTimeoutResult(wake == Wake::TimedOut);
        match guard {
            Ok(guard) => Ok((guard, timed_out)),
            Err(error) => Err(PoisonError::new((error.into_inner(), timed_out))),
        }
    }

    /// As the real one, in virtual time.
    ///
    /// # Errors
    /// If the mutex is poisoned; the error has the guard.
    #[deprecated(since = "1.6.0", note = "replaced by `std::sync::Condvar::wait_timeout`")]
    #[track_caller]
    pub fn wait_timeout_ms<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        ms: u32,
    ) -> LockResult<(MutexGuard<'a, T>, bool)> {
        match self.wait_timeout(guard, Duration::from_millis(u64::from(ms))) {
            Ok((guard, result)) => Ok((guard, !result.timed_out())),
            Err(error) => {
                let (guard, result) = error.into_inner();
                Err(PoisonError::new((guard, !result.timed_out())))
            }
        }
    }

    /// As the real one, in virtual time.
    ///
    /// # Errors
    /// If the mutex is poisoned; the error has the guard.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        duration: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let deadline = crate::time::deadline(duration);
        loop {
            if !condition(&mut *guard) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            if deadline.is_some_and(|deadline| deadline <= engine::now()) {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            let (again, wake) = self.wait_until(guard, deadline, Location::caller());
            guard = again.map_err(|poisoned| {
                PoisonError::new((poisoned.into_inner(), WaitTimeoutResult(wake == Wake::TimedOut)))
            })?;
        }
    }

    /// As the real one.
    #[track_caller]
    pub fn notify_one(&self) {
        engine::point("notify_one", self.address(), Location::caller());
        if !engine::wake_one(self.address()) {
            engine::outcome(|| NOBODY_WAITS.to_owned());
        }
    }

    /// As the real one.
    #[track_caller]
    pub fn notify_all(&self) {
        engine::point("notify_all", self.address(), Location::caller());
        if !engine::wake_all(self.address()) {
            engine::outcome(|| NOBODY_WAITS.to_owned());
        }
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}
