//! accepted: waiting calls sleep on a `Condvar` with a timeout, which releases the lock for them

use std::sync::{Condvar, Mutex, MutexGuard};
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
    never: Condvar,
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
        Self { period, burst, bucket: Mutex::new(bucket), never: Condvar::new() }
    }

    /// Takes the place of one mail, or says how long it takes until one is free.
    fn take(&self, bucket: &mut Bucket) -> Result<(), Duration> {
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
        self.take(&mut self.bucket.lock().unwrap()).is_ok()
    }

    /// Waits until a mail may go out, and takes its place.
    pub fn wait(&self) {
        let mut bucket: MutexGuard<'_, Bucket> = self.bucket.lock().unwrap();
        while let Err(missing) = self.take(&mut bucket) {
            bucket = self.never.wait_timeout(bucket, missing).unwrap().0;
        }
    }
}
