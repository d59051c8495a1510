//! accepted: a power of two for each place, and the smaller of that wait and the cap
//! for when a wait is needed without the ones before it.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    (1..calls).map(|place| (base * 2_u32.pow(place - 1)).min(cap)).collect()
}
