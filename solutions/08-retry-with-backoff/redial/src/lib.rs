//! Redial, solved with a sequence that is made from its first element.
//!
//! Five calls have four gaps: nobody waits after the last call. The cap is applied to each wait, the first one included.
//! Doubling a capped wait and capping it again is the same as doubling without a cap and capping in the end.

use std::iter;
use std::time::Duration;

/// The waits between `calls` calls that all fail: the first is `base`, each is twice the one before, and none is longer
/// than `cap`.
pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let waits = iter::successors(Some(base.min(cap)), |wait| Some((*wait * 2).min(cap)));
    waits.take(calls.saturating_sub(1) as usize).collect()
}
