//! breaks: clause 1 · finding: too-late
//! It sleeps for the whole limit, whatever comes.

use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread;
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
    if let Ok(parcel) = parcels.try_recv() {
        return News::Arrived(parcel);
    }
    thread::sleep(limit);
    match parcels.try_recv() {
        Ok(parcel) => News::Arrived(parcel),
        Err(TryRecvError::Empty) => News::NotYet,
        Err(TryRecvError::Disconnected) => News::Never,
    }
}
