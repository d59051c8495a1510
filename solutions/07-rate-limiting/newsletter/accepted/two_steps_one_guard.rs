//! accepted: both steps stay functions, and work on the bucket of one guard

use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// How many mails may go out now, and when that was last worked out.
#[derive(Debug)]
struct Bucket {
    mails: u64,
    filled: Instant,
}

/// What the provider allows. Threads share it.
#[derive(Debug)]
pub struct Quota {
    period: Duration,
    burst: u64,
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
        let bucket = Bucket { mails: u64::from(burst), filled: Instant::now() };
        Self { period, burst: u64::from(burst), bucket: Mutex::new(bucket) }
    }

    /// How long it takes until a mail may go out. Zero if one may go out now.
    fn missing(&self, bucket: &mut Bucket) -> Duration {
        let passed = bucket.filled.elapsed();
        let periods = u64::try_from(passed.as_nanos() / self.period.as_nanos()).unwrap();
        bucket.mails = (bucket.mails + periods).min(self.burst);
        let rest = passed.as_nanos() % self.period.as_nanos();
        bucket.filled += passed - Duration::from_nanos(u64::try_from(rest).unwrap());
        if bucket.mails > 0 {
            return Duration::ZERO;
        }
        (bucket.filled + self.period).saturating_duration_since(Instant::now()).max(Duration::from_nanos(1))
    }

    fn take(mut bucket: MutexGuard<'_, Bucket>) {
        bucket.mails -= 1;
    }

    /// Takes the place of one mail, if one may go out now.
    pub fn try_take(&self) -> bool {
        let mut bucket = self.bucket.lock().unwrap();
        let free = self.missing(&mut bucket).is_zero();
        if free {
            Self::take(bucket);
        }
        free
    }

    /// Waits until a mail may go out, and takes its place.
    pub fn wait(&self) {
        loop {
            let mut bucket = self.bucket.lock().unwrap();
            let missing = self.missing(&mut bucket);
            if missing.is_zero() {
                return Self::take(bucket);
            }
            drop(bucket);
            thread::sleep(missing);
        }
    }
}
