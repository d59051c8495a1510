//! Waiting for a parcel, solved with `recv_timeout` and an arm for each way in which it can end.
//!
//! The two errors are two different facts. `Timeout` is about the caller's patience: the parcel may still come.
//! `Disconnected` is about the world: nobody is left to send one, so a second wait would be for nothing.

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
    match parcels.recv_timeout(limit) {
        Ok(parcel) => News::Arrived(parcel),
        Err(RecvTimeoutError::Timeout) => News::NotYet,
        Err(RecvTimeoutError::Disconnected) => News::Never,
    }
}
