//! breaks: clause 3 · finding: deadlock
//! One call keeps the time and the others sleep. It wakes the next one before it gives up its part, so that one may sleep again.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Bucket {
    mails: u64,
    periods: u128,
}

/// What the provider allows. Threads share it.
#[derive(Debug)]
pub struct Quota {
    start: Instant,
    period: u128,
    burst: u64,
    bucket: Mutex<Bucket>,
    /// Whether a waiting call keeps the time. The others leave the clock alone.
    watched: AtomicBool,
    crowd: Mutex<()>,
    gone: Condvar,
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
        Self {
            start: Instant::now(),
            period: period.as_nanos(),
            burst,
            bucket: Mutex::new(Bucket { mails: burst, periods: 0 }),
            watched: AtomicBool::new(false),
            crowd: Mutex::new(()),
            gone: Condvar::new(),
        }
    }

    fn take(&self) -> Result<(), Duration> {
        let mut bucket = self.bucket.lock().unwrap();
        let now = self.start.elapsed().as_nanos();
        let periods = now / self.period;
        let new = u64::try_from(periods - bucket.periods).unwrap_or(u64::MAX);
        bucket.periods = periods;
        bucket.mails = bucket.mails.saturating_add(new).min(self.burst);
        if bucket.mails == 0 {
            return Err(from_nanos(self.period - now % self.period));
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
        let mut crowd = self.crowd.lock().unwrap();
        while self.watched.swap(true, SeqCst) {
            crowd = self.gone.wait(crowd).unwrap();
        }
        drop(crowd);
        while let Err(missing) = self.take() {
            thread::sleep(missing);
        }
        drop(self.crowd.lock().unwrap());
        self.gone.notify_one();
        self.watched.store(false, SeqCst);
    }
}

fn from_nanos(nanos: u128) -> Duration {
    let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
    Duration::new(seconds, (nanos % 1_000_000_000) as u32)
}
