//! breaks: clause 3 · finding: wrong-answer
//! A wait that would be longer than the cap is not doubled, so it stays below the cap.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let mut waits = Vec::new();
    let mut wait = base.min(cap);
    for _ in 1..calls {
        waits.push(wait);
        if wait * 2 <= cap {
            wait *= 2;
        }
    }
    waits
}
