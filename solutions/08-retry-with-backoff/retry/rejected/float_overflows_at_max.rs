//! breaks: clause 2 · finding: panicked
//! The factor of the jitter rounds to 1, and `Duration::MAX` times 1.0 is too long for a `Duration`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// How often, how far apart and how long `retry` tries. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The most attempts, the first one included.
    pub attempts: u32,
    /// The wait after the first attempt. Each further wait is twice the one before.
    pub base: Duration,
    /// No wait is longer than this.
    pub cap: Duration,
    /// No sleep ends later than this, counted from the call.
    pub limit: Duration,
}

/// Why an attempt failed. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure<E> {
    /// Another attempt may succeed.
    Transient(E),
    /// No attempt can succeed.
    Permanent(E),
}

/// Why `retry` gave up, with the error of the last attempt. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryError<E> {
    /// The last attempt failed for good.
    Permanent(E),
    /// All attempts have been made.
    Exhausted(E),
    /// Somebody stopped it.
    Stopped(E),
    /// The next sleep would have ended after the deadline.
    Deadline(E),
}

/// A source of numbers from 0 to 1, the same ones for the same seed. This one is given.
pub fn seeded(seed: u64) -> impl Fn() -> f64 + Sync {
    // SplitMix64, by Steele, Lea and Flood (OOPSLA 2014). Each draw takes the next state, so threads may share it.
    const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
    let state = AtomicU64::new(seed);
    move || {
        let mut z = state.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // The 53 bits that a number between 0 and 1 has room for.
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Ends the sleeps of those who retry, from any thread and for good.
#[derive(Debug, Default)]
pub struct Stop {
    stopped: Mutex<bool>,
    called: Condvar,
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every sleep, now and from now on.
    pub fn stop(&self) {
        *self.stopped.lock().unwrap() = true;
        self.called.notify_all();
    }

    /// Whether somebody has called `stop`.
    pub fn is_stopped(&self) -> bool {
        *self.stopped.lock().unwrap()
    }

    /// Sleeps until the time is over or somebody calls `stop`. Returns whether somebody has.
    fn sleep(&self, time: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap();
        *self.called.wait_timeout_while(stopped, time, |stopped| !*stopped).unwrap().0
    }
}

/// Calls `operation` until it succeeds, fails for good, has failed `attempts` times, or until the deadline or the stop.
///
/// # Errors
/// The error of the last attempt, and why there was no other.
///
/// # Panics
/// If `policy.attempts` is 0.
pub fn retry<R, E>(
    policy: &Policy,
    jitter: impl Fn() -> f64,
    stop: &Stop,
    mut on_retry: impl FnMut(&E, Duration),
    mut operation: impl FnMut() -> Result<R, Failure<E>>,
) -> Result<R, RetryError<E>> {
    assert!(policy.attempts > 0, "at least one attempt");
    let start = Instant::now();
    let mut wait = policy.base.min(policy.cap);
    let mut attempt = 1;
    loop {
        let error = match operation() {
            Ok(value) => return Ok(value),
            Err(Failure::Permanent(error)) => return Err(RetryError::Permanent(error)),
            Err(Failure::Transient(error)) => error,
        };
        if attempt == policy.attempts {
            return Err(RetryError::Exhausted(error));
        }
        if stop.is_stopped() {
            return Err(RetryError::Stopped(error));
        }
        let sleep = wait.mul_f64(0.5 + jitter() / 2.0);
        // `jitter` may have called it.
        if stop.is_stopped() {
            return Err(RetryError::Stopped(error));
        }
        let in_time = start.elapsed().checked_add(sleep).is_some_and(|end| end <= policy.limit);
        if !in_time || policy.limit.is_zero() {
            return Err(RetryError::Deadline(error));
        }
        on_retry(&error, sleep);
        if stop.sleep(sleep) {
            return Err(RetryError::Stopped(error));
        }
        wait = wait.saturating_mul(2).min(policy.cap);
        attempt += 1;
    }
}
