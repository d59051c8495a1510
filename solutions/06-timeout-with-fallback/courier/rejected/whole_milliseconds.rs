//! breaks: clause 2 · finding: too-early
//! The fraction of a millisecond is cut off.

use std::sync::mpsc::{Receiver, RecvTimeoutError::*};
use std::time::Duration;

/// What there is to say at the door. This is given.
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
    let millis = limit.as_millis().try_into().unwrap_or(u64::MAX);
    match parcels.recv_timeout(Duration::from_millis(millis)) {
        Ok(parcel) => News::Arrived(parcel),
        Err(Timeout) => News::NotYet,
        Err(Disconnected) => News::Never,
    }
}
