//! breaks: clause 2 · finding: wrong-answer
//! Counts in whole seconds.

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
        let missing = self.free.map_or(0, |free| free.saturating_duration_since(now).as_secs());
        let begins = now + Duration::from_secs(missing);
        self.free = Some(begins + self.session);
        begins
    }
}
