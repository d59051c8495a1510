//! accepted: `scan` keeps the uncapped wait, and a capped copy comes out
//! for when the uncapped wait is of use elsewhere.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let doubled = (1..calls).scan(base, |wait, _| {
        let this = *wait;
        *wait *= 2;
        Some(this)
    });
    doubled.map(|wait| wait.min(cap)).collect()
}
