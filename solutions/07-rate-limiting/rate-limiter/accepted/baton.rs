//! accepted: each waiting call has a channel, on which it learns that it is the first

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Bucket {
    permits: f64,
    counted: Instant,
    queue: VecDeque<(u64, Sender<()>)>,
    tickets: u64,
}

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    rate: f64,
    burst: f64,
    bucket: Mutex<Bucket>,
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
        let (baton, turn) = mpsc::channel();
        bucket.queue.push_back((ticket, baton));
        loop {
            self.refill(&mut bucket);
            let first = bucket.queue.front().is_some_and(|front| front.0 == ticket);
            let left = timeout.map(|timeout| timeout.saturating_sub(begun.elapsed()));
            let served = first && bucket.permits >= 1.0;
            if served || left == Some(Duration::ZERO) {
                bucket.queue.retain(|other| other.0 != ticket);
                if served {
                    bucket.permits -= 1.0;
                }
                if let Some((_, next)) = bucket.queue.front() {
                    let _ = next.send(());
                }
                return served;
            }
            let missing =
                first.then(|| Duration::from_secs_f64(((1.0 - bucket.permits) / self.rate).max(1e-6)));
            let wait = missing.into_iter().chain(left).min();
            drop(bucket);
            match wait {
                Some(wait) => drop(turn.recv_timeout(wait)),
                None => turn.recv().unwrap(),
            }
            bucket = self.bucket.lock().unwrap();
        }
    }
}
