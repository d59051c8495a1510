//! breaks: clause 3 · finding: too-late
//! Sleeps a whole period before it looks again.

use std::sync::Mutex;
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
        let burst = u64::from(burst);
        let bucket = Bucket { mails: burst, filled: Instant::now() };
        Self { period, burst, bucket: Mutex::new(bucket) }
    }

    /// Takes the place of one mail, or says how long it takes until one is free.
    fn take(&self) -> Result<(), Duration> {
        let mut bucket = self.bucket.lock().unwrap();
        let passed = bucket.filled.elapsed();
        let periods = u64::try_from(passed.as_nanos() / self.period.as_nanos()).unwrap();
        bucket.mails = (bucket.mails + periods).min(self.burst);
        // The rest of a period is kept.
        let rest = passed.as_nanos() % self.period.as_nanos();
        bucket.filled += passed - Duration::from_nanos(u64::try_from(rest).unwrap());
        if bucket.mails > 0 {
            bucket.mails -= 1;
            return Ok(());
        }
        Err((bucket.filled + self.period).saturating_duration_since(Instant::now()))
    }

    /// Takes the place of one mail, if one may go out now.
    pub fn try_take(&self) -> bool {
        self.take().is_ok()
    }

    /// Waits until a mail may go out, and takes its place.
    pub fn wait(&self) {
        while let Err(missing) = self.take() {
            thread::sleep(missing.max(self.period));
        }
    }
}
