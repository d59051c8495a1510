//! breaks: clause 1 · finding: too-early
//! Takes the permit after one wait. A `Condvar` may wake a thread without a reason.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Bucket {
    permits: f64,
    counted: Instant,
    queue: VecDeque<u64>,
    tickets: u64,
}

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    rate: f64,
    burst: f64,
    bucket: Mutex<Bucket>,
    changed: Condvar,
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
        let bucket =
            Bucket { permits: f64::from(burst), counted: Instant::now(), queue: VecDeque::new(), tickets: 0 };
        Self {
            rate: f64::from(permits) / interval.as_secs_f64(),
            burst: f64::from(burst),
            bucket: Mutex::new(bucket),
            changed: Condvar::new(),
        }
    }

    fn refill(&self, bucket: &mut Bucket) {
        let now = Instant::now();
        let new = now.duration_since(bucket.counted).as_secs_f64() * self.rate;
        bucket.permits = (bucket.permits + new).min(self.burst);
        bucket.counted = now;
    }

    /// Waits for a permit, and takes it.
    pub fn acquire(&self) {
        self.wait(None);
    }

    /// Waits for a permit, but not longer than `timeout`. Returns whether it has taken one.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        self.wait(Some(timeout))
    }

    /// Takes a permit if one is free and nobody waits for it. Returns at once.
    pub fn try_acquire(&self) -> bool {
        let mut bucket = self.bucket.lock().unwrap();
        self.refill(&mut bucket);
        let free = bucket.queue.is_empty() && bucket.permits >= 1.0;
        if free {
            bucket.permits -= 1.0;
        }
        free
    }

    fn wait(&self, timeout: Option<Duration>) -> bool {
        let begun = Instant::now();
        let mut bucket = self.bucket.lock().unwrap();
        let ticket = bucket.tickets;
        bucket.tickets += 1;
        bucket.queue.push_back(ticket);
        let mut waited = false;
        loop {
            self.refill(&mut bucket);
            let first = bucket.queue.front() == Some(&ticket);
            if first && (bucket.permits >= 1.0 || waited) {
                bucket.permits -= 1.0;
                bucket.queue.pop_front();
                self.changed.notify_all();
                return true;
            }
            let left = timeout.map(|timeout| timeout.saturating_sub(begun.elapsed()));
            if left == Some(Duration::ZERO) {
                bucket.queue.retain(|other| *other != ticket);
                self.changed.notify_all();
                return false;
            }
            // Only the first in the queue knows how long it has to wait. The others wait until they are the first.
            let missing =
                first.then(|| Duration::from_secs_f64(((1.0 - bucket.permits) / self.rate).max(1e-6)));
            let wait = missing.into_iter().chain(left).min();
            waited = first;
            bucket = match wait {
                Some(wait) => self.changed.wait_timeout(bucket, wait).unwrap().0,
                None => self.changed.wait(bucket).unwrap(),
            };
        }
    }
}
