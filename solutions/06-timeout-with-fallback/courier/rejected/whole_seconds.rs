//! breaks: clause 2 · finding: too-early
//! The limit is cut to whole seconds.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

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
    match parcels.recv_timeout(Duration::from_secs(limit.as_secs())) {
        Ok(parcel) => News::Arrived(parcel),
        Err(RecvTimeoutError::Timeout) => News::NotYet,
        Err(RecvTimeoutError::Disconnected) => News::Never,
    }
}
