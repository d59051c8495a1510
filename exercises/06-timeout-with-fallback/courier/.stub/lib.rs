//! Waiting for a parcel, for so long and no longer.

use std::sync::mpsc::Receiver;
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
    let _ = (parcels, limit);
    todo!("about five lines: wait, and tell three ends apart")
}
