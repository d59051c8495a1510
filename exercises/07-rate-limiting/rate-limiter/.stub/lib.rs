//! A rate limiter: so many permits in an interval, and a burst for those who have been silent.

use std::time::Duration;

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    // Yours to replace.
    fields: (),
}

impl RateLimiter {
    /// A limiter that gives `permits` permits in each `interval`, and saves up to `burst` of them.
    ///
    /// # Panics
    /// If one of the three is zero.
    pub fn new(permits: u32, interval: Duration, burst: u32) -> Self {
        let _ = (permits, interval, burst, Self { fields: () });
        todo!("what do you have to know to say when the next permit is free?")
    }

    /// Waits for a permit, and takes it.
    pub fn acquire(&self) {
        let () = self.fields;
        todo!("find out when the permit is free, then wait until then")
    }

    /// Takes a permit if one is free and nobody waits for it. Returns at once.
    pub fn try_acquire(&self) -> bool {
        todo!("take a permit, or say that there is none")
    }

    /// Waits for a permit, but not longer than `timeout`. Returns whether it has taken one.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let _ = timeout;
        todo!("as `acquire`, if the permit is free in time")
    }
}
