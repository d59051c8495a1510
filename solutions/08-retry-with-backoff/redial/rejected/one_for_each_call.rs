//! breaks: clause 1 · finding: wrong-answer
//! There is a wait for each call: the phone also waits after the last one.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    (0..calls).map(|place| (base * 2_u32.pow(place)).min(cap)).collect()
}
