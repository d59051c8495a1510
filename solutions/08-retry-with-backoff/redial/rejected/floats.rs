//! breaks: clause 2 · finding: wrong-answer
//! The waits are calculated as floats of seconds: a long one with nanoseconds comes out wrong.

use std::time::Duration;

pub fn waits(calls: u32, base: Duration, cap: Duration) -> Vec<Duration> {
    let wait = |number: i32| Duration::from_secs_f64(base.as_secs_f64() * 2_f64.powi(number)).min(cap);
    (0..calls.saturating_sub(1) as i32).map(wait).collect()
}
