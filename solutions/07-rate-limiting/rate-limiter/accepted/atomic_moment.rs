//! accepted: the moment is an atomic number of nanoseconds, and is moved by compare and exchange

use std::sync::atomic::{AtomicU64, Ordering};
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
    full: AtomicU64,
    start: Instant,
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
        Self { period, fill: period * burst, full: AtomicU64::new(0), start: Instant::now() }
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
        let mut full = self.full.load(Ordering::Relaxed);
        loop {
            let now = self.start.elapsed();
            let full_then = Duration::from_nanos(full).max(now) + self.period;
            let wait = (full_then - now).saturating_sub(self.fill);
            if wait > limit {
                return None;
            }
            let new = u64::try_from(full_then.as_nanos()).unwrap();
            match self.full.compare_exchange_weak(full, new, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(wait),
                Err(other) => full = other,
            }
        }
    }
}
