//! accepted: many short waits under one deadline
//! for when something else has to be looked at in between.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// What there is to say at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News<T> {
    /// This parcel has come.
    Arrived(T),
    /// No parcel has come within the limit. A courier is still on the way.
    NotYet,
    /// No parcel is left, and no courier is on the way any more.
    Never,
}

/// Waits for the next parcel, at most for `limit`.
pub fn wait_at_the_door<T>(parcels: &Receiver<T>, limit: Duration) -> News<T> {
    let start = Instant::now();
    loop {
        let left = limit.saturating_sub(start.elapsed());
        match parcels.recv_timeout(left.min(Duration::from_secs(1))) {
            Ok(parcel) => return News::Arrived(parcel),
            Err(RecvTimeoutError::Disconnected) => return News::Never,
            Err(RecvTimeoutError::Timeout) if left.is_zero() => return News::NotYet,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
