//! When does the next session in a photo booth begin?

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
        let _ = (now, self.session, self.free);
        todo!("about three lines: find the moment, note when the booth is free again, return the moment")
    }
}
