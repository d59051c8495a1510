//! accepted: the moment is an atomic number, moved by compare and exchange

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What the provider allows. Threads share it.
#[derive(Debug)]
pub struct Quota {
    period: Duration,
    fill: Duration,
    full: AtomicU64,
    start: Instant,
}

impl Quota {
    /// A quota of `burst` mails at once, and of one mail in each `period` after that.
    ///
    /// # Panics
    /// If `period` or `burst` is zero.
    pub fn new(period: Duration, burst: u32) -> Self {
        assert!(!period.is_zero(), "a period takes some time");
        assert!(burst > 0, "a quota of no mails sends none");
        Self { period, fill: period * burst, full: AtomicU64::new(0), start: Instant::now() }
    }

    /// Takes the place of one mail, or says how long it takes until one is free.
    fn take(&self) -> Result<(), Duration> {
        let mut full = self.full.load(Ordering::Relaxed);
        loop {
            let now = self.start.elapsed();
            let full_then = Duration::from_nanos(full).max(now) + self.period;
            let missing = (full_then - now).saturating_sub(self.fill);
            if !missing.is_zero() {
                return Err(missing);
            }
            let new = u64::try_from(full_then.as_nanos()).unwrap();
            match self.full.compare_exchange(full, new, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(other) => full = other,
            }
        }
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
