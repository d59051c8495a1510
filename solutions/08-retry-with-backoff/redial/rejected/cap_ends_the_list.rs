//! breaks: clause 1 · finding: wrong-answer
//! Waits that are longer than the cap are left out, and so there are too few.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    (1..calls).map(|place| base * 2_u32.pow(place - 1)).filter(|wait| *wait <= cap).collect()
}
