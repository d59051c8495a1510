//! breaks: clause 2 · finding: deadlock
//! It waits without a limit, and looks at the clock when it is too late.

use std::sync::mpsc::Receiver;
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
    match parcels.recv() {
        Ok(parcel) => News::Arrived(parcel),
        Err(_) if start.elapsed() > limit => News::NotYet,
        Err(_) => News::Never,
    }
}
