//! breaks: clause 3 · finding: wrong-answer
//! The first wait is the base, whatever the cap is.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let mut waits = vec![base; usize::from(calls > 1)];
    for place in 2..calls {
        waits.push((base * 2_u32.pow(place - 1)).min(cap));
    }
    waits
}
