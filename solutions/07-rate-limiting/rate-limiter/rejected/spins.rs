//! breaks: clause 9 · finding: busy-wait
//! Asks the clock until the permit is free.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    /// From one permit to the next. It is less than a nanosecond short, which is a millisecond after a million permits.
    period: Duration,
    /// How long an empty bucket takes to become full.
    fill: Duration,
    /// When the bucket is full, if nobody asks before.
    full: Mutex<Instant>,
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
        let period = interval / permits;
        Self { period, fill: period * burst, full: Mutex::new(Instant::now()) }
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
        let Some(wait) = self.reserve(timeout) else { return false };
        let begun = Instant::now();
        while begun.elapsed() < wait {
            thread::yield_now();
        }
        true
    }

    /// Takes the next permit that nobody has taken, and says how long it is until it is free. Takes none if that is longer
    /// than `limit`.
    fn reserve(&self, limit: Duration) -> Option<Duration> {
        let mut full = self.full.lock().unwrap();
        let now = Instant::now();
        let full_then = (*full).max(now) + self.period;
        // After this permit, the bucket may lack all that it can hold, and no more. What is beyond has to be waited for.
        let wait = full_then.duration_since(now).saturating_sub(self.fill);
        if wait > limit {
            return None;
        }
        *full = full_then;
        Some(wait)
    }
}
