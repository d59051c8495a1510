//! breaks: clause 1 · finding: too-late
//! Python's class: every call sleeps one period while it holds the lock, and there is no burst.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    period: Duration,
    last: Mutex<Option<Instant>>,
}

impl RateLimiter {
    /// A limiter that gives `permits` permits in each `interval`, and saves up to `burst` of them.
    ///
    /// # Panics
    /// If one of the three is zero.
    pub fn new(permits: u32, interval: Duration, burst: u32) -> Self {
        assert!(permits > 0, "without permits, every call would wait for ever");
        assert!(!interval.is_zero(), "the permits of no time at all have no rate");
        assert!(burst > 0, "a bucket that holds no permit can't give one");
        Self { period: interval / permits, last: Mutex::new(None) }
    }

    fn missing(&self, last: Option<Instant>) -> Duration {
        last.map_or(Duration::ZERO, |last| self.period.saturating_sub(last.elapsed()))
    }

    /// Waits for a permit, and takes it.
    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    /// Takes a permit if one is free and nobody waits for it. Returns at once.
    pub fn try_acquire(&self) -> bool {
        self.acquire_timeout(Duration::ZERO)
    }

    /// Waits for a permit, but not longer than `timeout`. Returns whether it has taken one.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let mut last = self.last.lock().unwrap();
        let missing = self.missing(*last);
        if missing > timeout {
            return false;
        }
        thread::sleep(missing);
        *last = Some(Instant::now());
        true
    }
}
