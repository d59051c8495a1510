//! The waits of a phone that redials.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let _ = (calls, base, cap);
    todo!("about three lines: how many waits are there, and how long is each?")
}
