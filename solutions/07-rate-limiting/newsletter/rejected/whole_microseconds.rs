//! breaks: clause 2 · finding: too-early
//! The period is cut to whole microseconds.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Quota {
    period: Duration,
    burst: u32,
    start: Instant,
    /// When all places will be free again, counted from the start.
    full: Mutex<Duration>,
}

impl Quota {
    pub fn new(period: Duration, burst: u32) -> Self {
        assert!(!period.is_zero() && burst > 0, "a quota needs a period and a burst");
        let period = Duration::from_micros(period.as_micros() as u64);
        Self { period, burst, start: Instant::now(), full: Mutex::new(Duration::ZERO) }
    }

    /// How long it takes until the place is free, and when all will be free if it is taken.
    fn next(&self, full: Duration) -> (Duration, Duration) {
        let now = self.start.elapsed();
        let after = full.max(now) + self.period;
        (after.saturating_sub(self.period * self.burst).saturating_sub(now), after)
    }

    pub fn try_take(&self) -> bool {
        let mut full = self.full.lock().unwrap();
        let (delay, after) = self.next(*full);
        if delay.is_zero() {
            *full = after;
        }
        delay.is_zero()
    }

    pub fn wait(&self) {
        let mut full = self.full.lock().unwrap();
        let (delay, after) = self.next(*full);
        *full = after;
        drop(full);
        thread::sleep(delay);
    }
}
