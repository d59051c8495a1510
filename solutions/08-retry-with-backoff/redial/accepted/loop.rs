//! accepted: a loop that pushes a wait, doubles it, and caps it
//! for when the loop makes the calls, too.

use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let mut waits = Vec::new();
    let mut wait = base.min(cap);
    for _ in 1..calls {
        waits.push(wait);
        wait = (wait + wait).min(cap);
    }
    waits
}
