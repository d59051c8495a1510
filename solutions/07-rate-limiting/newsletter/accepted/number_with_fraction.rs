//! accepted: counts in an `f64`, so the rest of a period is in the count

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// How many mails may go out now, and when that was last worked out.
#[derive(Debug)]
struct Bucket {
    mails: f64,
    filled: Instant,
}

/// What the provider allows. Threads share it.
#[derive(Debug)]
pub struct Quota {
    period: Duration,
    burst: f64,
    bucket: Mutex<Bucket>,
}

impl Quota {
    /// A quota of `burst` mails at once, and of one mail in each `period` after that.
    ///
    /// # Panics
    /// If `period` or `burst` is zero.
    pub fn new(period: Duration, burst: u32) -> Self {
        assert!(!period.is_zero(), "a period takes some time");
        assert!(burst > 0, "a quota of no mails sends none");
        let burst = f64::from(burst);
        let bucket = Bucket { mails: burst, filled: Instant::now() };
        Self { period, burst, bucket: Mutex::new(bucket) }
    }

    /// Takes the place of one mail, or says how long it takes until one is free.
    fn take(&self) -> Result<(), Duration> {
        let mut bucket = self.bucket.lock().unwrap();
        let now = Instant::now();
        let periods = now.duration_since(bucket.filled).as_secs_f64() / self.period.as_secs_f64();
        bucket.mails = (bucket.mails + periods).min(self.burst);
        bucket.filled = now;
        if bucket.mails > 0.999_999_9 {
            bucket.mails = (bucket.mails - 1.0).max(0.0);
            return Ok(());
        }
        Err(self.period.mul_f64(1.0 - bucket.mails))
    }

    /// Takes the place of one mail, if one may go out now.
    pub fn try_take(&self) -> bool {
        self.take().is_ok()
    }

    /// Waits until a mail may go out, and takes its place.
    pub fn wait(&self) {
        while let Err(missing) = self.take() {
            thread::sleep(missing);
        }
    }
}
