//! breaks: clause 2 · finding: wrong-answer
//! The missing time is never more than one session, so the third request gets the moment of the second.

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
        let missing = self.free.map_or(Duration::ZERO, |free| free.saturating_duration_since(now));
        let begins = now + missing.min(self.session);
        self.free = Some(begins + self.session);
        begins
    }
}
