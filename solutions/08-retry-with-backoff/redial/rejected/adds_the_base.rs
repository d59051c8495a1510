//! breaks: clause 2 · finding: wrong-answer
//! Each wait is one base longer than the one before, and not twice as long.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    (1..calls).map(|place| (base * place).min(cap)).collect()
}
