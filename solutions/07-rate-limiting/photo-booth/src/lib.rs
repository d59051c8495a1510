//! When does the next session in a photo booth begin?
//!
//! The diary needs one moment: when the booth is free. A request begins at that moment or now, whichever is later. `max` is
//! the whole policy: a moment in the past is time that nobody used, and it is gone; a moment in the future is a promise that
//! was made to others, and it is kept.

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
        let begins = self.free.map_or(now, |free| free.max(now));
        self.free = Some(begins + self.session);
        begins
    }
}
