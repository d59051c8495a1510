//! accepted: whole nanoseconds in a `u128`, and a power of two whose exponent has a limit
//! for when a wait is needed without the ones before it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// How often, how far apart and how long `retry` tries.
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

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure<E> {
    /// Another attempt may succeed.
    Transient(E),
    /// No attempt can succeed.
    Permanent(E),
}

/// Why `retry` gave up, with the error of the last attempt.
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

/// A source of numbers from 0 to 1, the same ones for the same seed.
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
    changed: Condvar,
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every sleep, now and from now on.
    pub fn stop(&self) {
        *self.stopped.lock().unwrap() = true;
        self.changed.notify_all();
    }

    /// Whether somebody has called `stop`.
    pub fn is_stopped(&self) -> bool {
        *self.stopped.lock().unwrap()
    }

    /// Sleeps for so long, or until somebody stops it. Returns whether it was stopped.
    fn sleep(&self, time: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap();
        // It asks again after each wake-up, and waits for what is left of the time.
        *self.changed.wait_timeout_while(stopped, time, |stopped| !*stopped).unwrap().0
    }
}

/// The wait after an attempt, counted from 0. Past 2 to the 95th every base but zero is longer than any `Duration`.
fn wait_after(policy: &Policy, attempt: u32) -> Duration {
    let nanos = policy.base.as_nanos().saturating_mul(1 << attempt.min(95)).min(policy.cap.as_nanos());
    from_nanos(nanos)
}

fn from_nanos(nanos: u128) -> Duration {
    Duration::new((nanos / 1_000_000_000) as u64, (nanos % 1_000_000_000) as u32)
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
    assert!(policy.attempts > 0, "retry needs at least one attempt");
    let start = Instant::now();
    let mut number = 0;
    let (error, wrap): (E, fn(E) -> RetryError<E>) = loop {
        let error = match operation() {
            Ok(result) => return Ok(result),
            Err(Failure::Permanent(error)) => break (error, RetryError::Permanent),
            Err(Failure::Transient(error)) => error,
        };
        number += 1;
        if number == policy.attempts {
            break (error, RetryError::Exhausted);
        }
        let wait = wait_after(policy, number - 1).as_nanos();
        let sleep = from_nanos(wait / 2 + ((wait - wait / 2) as f64 * jitter()) as u128);
        if stop.is_stopped() {
            break (error, RetryError::Stopped);
        }
        if start.elapsed().checked_add(sleep).is_none_or(|end| end > policy.limit) {
            break (error, RetryError::Deadline);
        }
        on_retry(&error, sleep);
        if stop.sleep(sleep) {
            break (error, RetryError::Stopped);
        }
    };
    Err(wrap(error))
}
