//! breaks: clause 6 · finding: too-late
//! A call that gives up takes a permit, and gives it back under a second lock.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Times are counted from the start in parts of a nanosecond: `permits` of them are one.
#[derive(Debug)]
pub struct RateLimiter {
    permits: u128,
    /// How many parts a permit costs.
    step: u128,
    /// How many parts may be saved.
    saved: u128,
    start: Instant,
    /// When all of the burst will be free again.
    full: Mutex<u128>,
}

impl RateLimiter {
    pub fn new(permits: u32, interval: Duration, burst: u32) -> Self {
        assert!(
            permits > 0 && !interval.is_zero() && burst > 0,
            "a limiter needs permits, an interval and a burst"
        );
        let step = interval.as_nanos();
        Self {
            permits: permits.into(),
            step,
            saved: step * u128::from(burst),
            start: Instant::now(),
            full: Mutex::new(0),
        }
    }

    /// Takes the next permit if it is free within `limit`, and returns how long that takes.
    fn reserve(&self, limit: Duration) -> Option<Duration> {
        let mut full = self.full.lock().unwrap();
        let now = self.start.elapsed().as_nanos();
        let after = (*full).max(now * self.permits) + self.step;
        let at = after.saturating_sub(self.saved).div_ceil(self.permits);
        let delay = at.saturating_sub(now);
        *full = after;
        if delay > limit.as_nanos() {
            drop(full);
            *self.full.lock().unwrap() -= self.step;
            return None;
        }
        Some(Duration::new((delay / 1_000_000_000) as u64, (delay % 1_000_000_000) as u32))
    }

    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    pub fn try_acquire(&self) -> bool {
        self.acquire_timeout(Duration::ZERO)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let delay = self.reserve(timeout);
        if let Some(delay) = delay.filter(|delay| !delay.is_zero()) {
            thread::sleep(delay);
        }
        delay.is_some()
    }
}
