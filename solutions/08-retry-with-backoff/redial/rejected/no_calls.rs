//! breaks: clause 1 · finding: panicked
//! One less than no calls is no number.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    (0..calls - 1).map(|place| (base * 2_u32.pow(place)).min(cap)).collect()
}
