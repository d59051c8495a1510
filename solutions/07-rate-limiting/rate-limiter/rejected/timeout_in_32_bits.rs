//! breaks: clause 6 · finding: wrong-answer
//! The timeout is counted in milliseconds of 32 bits, and wraps around.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Times are in parts of a nanosecond, as many as there are permits in an interval.
#[derive(Debug)]
pub struct RateLimiter {
    start: Instant,
    permits: u128,
    step: u128,
    saved: u128,
    // The moment at which the bucket would be full again.
    full: Mutex<u128>,
}

impl RateLimiter {
    pub fn new(permits: u32, interval: Duration, burst: u32) -> Self {
        assert!(permits > 0 && !interval.is_zero() && burst > 0, "zero");
        let step = interval.as_nanos();
        Self {
            start: Instant::now(),
            permits: u128::from(permits),
            step,
            saved: step * u128::from(burst - 1),
            full: Mutex::new(0),
        }
    }

    fn now(&self) -> u128 {
        self.start.elapsed().as_nanos() * self.permits
    }

    /// Reserves the next permit if it is free within `limit`. Returns how long to sleep for it.
    fn reserve(&self, limit: Option<Duration>) -> Option<Duration> {
        let mut full = self.full.lock().unwrap();
        let now = self.now();
        let wait = full.saturating_sub(now + self.saved);
        if limit.is_some_and(|limit| {
            wait > (u128::from(limit.as_millis() as u32) * 1_000_000
                + u128::from(limit.subsec_nanos() % 1_000_000))
                * self.permits
        }) {
            return None;
        }
        *full = (*full).max(now) + self.step;
        drop(full);
        let nanos = wait.div_ceil(self.permits);
        Some(Duration::new((nanos / 1_000_000_000) as u64, (nanos % 1_000_000_000) as u32))
    }

    pub fn acquire(&self) {
        let wait = self.reserve(None).unwrap();
        if !wait.is_zero() {
            thread::sleep(wait);
        }
    }

    pub fn try_acquire(&self) -> bool {
        self.reserve(Some(Duration::ZERO)).is_some()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let Some(wait) = self.reserve(Some(timeout)) else { return false };
        if !wait.is_zero() {
            thread::sleep(wait);
        }
        true
    }
}
