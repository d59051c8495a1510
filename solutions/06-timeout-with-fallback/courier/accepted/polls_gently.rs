//! accepted: `try_recv` every few milliseconds until the limit
//! for when the channel that you have can't wait with a limit.

use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread;
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
        match parcels.try_recv() {
            Ok(parcel) => return News::Arrived(parcel),
            Err(TryRecvError::Disconnected) => return News::Never,
            Err(TryRecvError::Empty) => {}
        }
        let left = limit.saturating_sub(start.elapsed());
        if left.is_zero() {
            return News::NotYet;
        }
        thread::sleep(left.min(Duration::from_millis(5)));
    }
}
