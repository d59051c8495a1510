//! Measuring side by side. These machines are noisy: a time says little, a ratio within one run holds.

use std::time::{Duration, Instant};

/// Runs `a` and `b` in turn, `rounds` times, and gives the median time of each.
pub fn in_turn(rounds: usize, mut a: impl FnMut(usize), mut b: impl FnMut(usize)) -> (Duration, Duration) {
    in_turn_by(rounds, |round| time(|| a(round)), |round| time(|| b(round)))
}

/// As [`in_turn`], for what measures itself.
pub fn in_turn_by(
    rounds: usize,
    mut a: impl FnMut(usize) -> Duration,
    mut b: impl FnMut(usize) -> Duration,
) -> (Duration, Duration) {
    let (mut times_a, mut times_b) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        times_a.push(a(round));
        times_b.push(b(round));
    }
    (median(times_a), median(times_b))
}

/// How long `f` takes.
pub fn time(f: impl FnOnce()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

/// The one in the middle.
///
/// # Panics
/// If there is none.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
