//! breaks: clause 2 · finding: wrong-answer
//! The power counts from one: the first wait is already twice the base.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    (1..calls).map(|place| (base * 2_u32.pow(place)).min(cap)).collect()
}
