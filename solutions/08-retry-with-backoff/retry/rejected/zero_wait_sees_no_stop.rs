//! breaks: clause 6 · finding: wrong-answer
//! If the sleep is zero, a stop from `on_retry` is not seen before the next attempt has failed.

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

#[derive(Debug, Default)]
pub struct Stop {
    stopped: Mutex<bool>,
    asked: Condvar,
}

impl Stop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn stop(&self) {
        *self.stopped.lock().unwrap() = true;
        self.asked.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        *self.stopped.lock().unwrap()
    }

    /// Sleeps. Returns whether a stop ended it.
    fn sleep(&self, sleep: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap();
        *self.asked.wait_timeout_while(stopped, sleep, |stopped| !*stopped).unwrap().0
    }
}

fn wait_after(policy: &Policy, attempt: u32) -> Duration {
    let mut wait = policy.base;
    for _ in 1..attempt {
        if wait >= policy.cap || wait.is_zero() {
            break;
        }
        wait = wait.saturating_mul(2);
    }
    wait.min(policy.cap)
}

fn draw(wait: Duration, chance: f64) -> Duration {
    let half = wait / 2;
    let part = (half.as_nanos() as f64 * chance) as u128;
    half.saturating_add(Duration::new((part / 1_000_000_000) as u64, (part % 1_000_000_000) as u32)).min(wait)
}

pub fn retry<R, E>(
    policy: &Policy,
    jitter: impl Fn() -> f64,
    stop: &Stop,
    mut on_retry: impl FnMut(&E, Duration),
    mut operation: impl FnMut() -> Result<R, Failure<E>>,
) -> Result<R, RetryError<E>> {
    assert!(policy.attempts > 0, "no attempts");
    let begin = Instant::now();
    let mut attempt = 1;
    loop {
        let error = match operation() {
            Ok(result) => return Ok(result),
            Err(Failure::Permanent(error)) => return Err(RetryError::Permanent(error)),
            Err(Failure::Transient(error)) => error,
        };
        if attempt == policy.attempts {
            return Err(RetryError::Exhausted(error));
        }
        if stop.is_stopped() {
            return Err(RetryError::Stopped(error));
        }
        let sleep = draw(wait_after(policy, attempt), jitter());
        if policy.limit.is_zero() || begin.elapsed().saturating_add(sleep) > policy.limit {
            return Err(RetryError::Deadline(error));
        }
        on_retry(&error, sleep);
        if !sleep.is_zero() && stop.sleep(sleep) {
            return Err(RetryError::Stopped(error));
        }
        attempt += 1;
    }
}
