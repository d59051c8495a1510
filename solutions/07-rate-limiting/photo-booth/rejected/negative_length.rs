//! breaks: clause 1 · finding: panicked
//! The length minus the time since the last session began, which is less than zero after a silence.

use std::time::{Duration, Instant};

/// The diary of a photo booth: one session at a time.
#[derive(Debug)]
pub struct Booth {
    /// How long a session takes.
    session: Duration,
    /// When the last booked session ends. `None` as long as nothing has been booked.
    free: Option<Instant>,
}

impl Booth {
    /// A booth that nobody has booked.
    pub fn new(session: Duration) -> Self {
        Self { session, free: None }
    }

    /// Books a session for somebody who asks at `now`, and returns the moment at which it begins.
    pub fn book(&mut self, now: Instant) -> Instant {
        let Some(free) = self.free else {
            self.free = Some(now + self.session);
            return now;
        };
        let begins = now + (self.session - (now + self.session).duration_since(free));
        self.free = Some(begins + self.session);
        begins
    }
}
