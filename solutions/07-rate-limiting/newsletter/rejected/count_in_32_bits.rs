//! breaks: clause 5 · finding: panicked
//! Adds what has become free in 32 bits, before it is cut to the burst.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// How many mails may go out now, and how many periods have been counted in.
#[derive(Debug)]
struct Bucket {
    mails: u32,
    periods: u128,
}

/// What the provider allows. Threads share it.
#[derive(Debug)]
pub struct Quota {
    start: Instant,
    period: Duration,
    burst: u32,
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
        let bucket = Bucket { mails: burst, periods: 0 };
        Self { start: Instant::now(), period, burst, bucket: Mutex::new(bucket) }
    }

    /// Takes the place of one mail. If there is none, it says how long it takes until there may be one.
    fn take(&self) -> Result<(), Duration> {
        let period = self.period.as_nanos();
        let mut bucket = self.bucket.lock().unwrap();
        let now = self.start.elapsed().as_nanos();
        let new = u32::try_from(now / period - bucket.periods).unwrap_or(u32::MAX);
        bucket.periods = now / period;
        // What was not used in a silence is gone.
        bucket.mails = (bucket.mails + new).min(self.burst);
        if bucket.mails == 0 {
            return Err(from_nanos(period - now % period));
        }
        bucket.mails -= 1;
        Ok(())
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

fn from_nanos(nanos: u128) -> Duration {
    let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
    Duration::new(seconds, (nanos % 1_000_000_000) as u32)
}
