//! accepted: keeps the moment at which the bucket is full, in place of a count

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// What the provider allows. Threads share it.
#[derive(Debug)]
pub struct Quota {
    period: Duration,
    fill: Duration,
    full: Mutex<Instant>,
}

impl Quota {
    /// A quota of `burst` mails at once, and of one mail in each `period` after that.
    ///
    /// # Panics
    /// If `period` or `burst` is zero.
    pub fn new(period: Duration, burst: u32) -> Self {
        assert!(!period.is_zero(), "a period takes some time");
        assert!(burst > 0, "a quota of no mails sends none");
        Self { period, fill: period * burst, full: Mutex::new(Instant::now()) }
    }

    /// Takes the place of one mail, or says how long it takes until one is free.
    fn take(&self) -> Result<(), Duration> {
        let mut full = self.full.lock().unwrap();
        let now = Instant::now();
        let full_then = (*full).max(now) + self.period;
        let missing = full_then.duration_since(now).saturating_sub(self.fill);
        if missing.is_zero() {
            *full = full_then;
            return Ok(());
        }
        Err(missing)
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
