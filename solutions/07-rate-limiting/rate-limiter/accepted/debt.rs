//! accepted: counts permits, and lets the count go below zero: a debt that each call sleeps off

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    /// In a second.
    rate: f64,
    burst: f64,
    /// How many permits there are, or how many are owed, and when that was counted.
    bucket: Mutex<(f64, Instant)>,
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
        let (rate, burst) = (f64::from(permits) / interval.as_secs_f64(), f64::from(burst));
        Self { rate, burst, bucket: Mutex::new((burst, Instant::now())) }
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
        thread::sleep(wait);
        true
    }

    /// Takes the next permit that nobody has taken, and says how long it is until it is free. Takes none if that is longer
    /// than `limit`.
    fn reserve(&self, limit: Duration) -> Option<Duration> {
        let mut bucket = self.bucket.lock().unwrap();
        let now = Instant::now();
        let new = now.duration_since(bucket.1).as_secs_f64() * self.rate;
        *bucket = ((bucket.0 + new).min(self.burst), now);
        let wait = Duration::from_secs_f64((1.0 - bucket.0).max(0.0) / self.rate);
        if wait > limit {
            return None;
        }
        bucket.0 -= 1.0;
        Some(wait)
    }
}
