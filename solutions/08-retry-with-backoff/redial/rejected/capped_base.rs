//! breaks: clause 3 · finding: wrong-answer
//! The cap is applied once, to the base, and what is doubled grows past it.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let base = base.min(cap);
    (1..calls).map(|place| base * 2_u32.pow(place - 1)).collect()
}
