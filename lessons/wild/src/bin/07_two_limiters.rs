//! Lesson 7: the crate that people use to limit a rate, and the lesson's own limiter, asked in the same rhythm.
//!
//! With `-- --careless` governor gets the same rate as so many in an hour, and with it a burst that nobody asked for.

use std::env;
use std::num::NonZeroU32;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use governor::Quota;
use rate_limiter_solution::RateLimiter;

const PERIOD: Duration = Duration::from_millis(100);
const BURST: u32 = 3;
const TRIES: usize = 8;

/// One permit in each period, and a burst.
fn quota() -> Quota {
    // ANCHOR: quota
    let burst = NonZeroU32::new(BURST).expect("a burst is not zero");
    let quota = Quota::with_period(PERIOD).expect("a period is not zero").allow_burst(burst);
    // ANCHOR_END: quota
    quota
}

/// The same rate, written in another way. Its burst is the permits of a whole hour.
fn careless() -> Quota {
    Quota::per_hour(NonZeroU32::new(36_000).expect("36000 is not zero"))
}

// ANCHOR: compare
/// How many tries get a permit: at once, after a little more than a period, and after a long pause.
fn rhythm(try_once: impl Fn() -> bool, pass: impl Fn(Duration)) -> [usize; 3] {
    [Duration::ZERO, PERIOD * 5 / 4, PERIOD * 10].map(|time| {
        pass(time);
        (0..TRIES).filter(|_| try_once()).count()
    })
}
// ANCHOR_END: compare

fn told([at_once, after, paused]: [usize; 3]) -> String {
    format!("{at_once} of {TRIES} at once, then {after} after 0.1 s, then {paused} after a pause")
}

fn main() -> ExitCode {
    let quota = if env::args().any(|argument| argument == "--careless") { careless() } else { quota() };
    let theirs = governor::RateLimiter::direct(quota);
    let theirs = rhythm(|| theirs.check().is_ok(), thread::sleep);
    let ours = RateLimiter::new(1, PERIOD, BURST);
    let ours = rhythm(|| ours.try_acquire(), thread::sleep);
    println!("governor: {}", told(theirs));
    println!("ours:     {}", told(ours));
    if theirs == ours { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use governor::clock::{Clock, FakeRelativeClock};

    use super::*;

    /// With a clock that the test moves.
    fn of_governor(quota: Quota) -> [usize; 3] {
        let clock = FakeRelativeClock::default();
        let limiter = governor::RateLimiter::direct_with_clock(quota, clock.clone());
        rhythm(|| limiter.check().is_ok(), |time| clock.advance(time))
    }

    #[test]
    fn a_pause_saves_the_burst_and_no_more() {
        assert_eq!(of_governor(quota()), [3, 1, 3]);
    }

    /// The fault that the lesson warns of: a silent hour is worth an hour of permits.
    #[test]
    fn the_same_rate_for_an_hour_has_a_burst_of_an_hour() {
        assert_eq!(of_governor(careless()), [TRIES; 3]);
    }

    #[test]
    fn our_limiter_has_its_burst_on_a_real_clock() {
        let limiter = RateLimiter::new(1, Duration::from_secs(60), BURST);
        assert_eq!((0..TRIES).filter(|_| limiter.try_acquire()).count(), 3);
    }

    /// `check` tells when to ask again. At that moment, anybody may come first.
    #[test]
    fn governor_knows_no_turns() {
        let clock = FakeRelativeClock::default();
        let limiter = governor::RateLimiter::direct_with_clock(quota(), clock.clone());
        while limiter.check().is_ok() {}
        let refused = limiter.check().expect_err("the bucket is empty");
        clock.advance(refused.wait_time_from(clock.now()));
        assert!(limiter.check().is_ok(), "somebody else, who has not waited");
        assert!(limiter.check().is_err(), "the one that has waited");
    }

    /// Ours has taken the permit for the thread that waits before it is free.
    #[test]
    fn our_limiter_keeps_the_permit_of_the_one_that_waits() {
        let (limiter, served) = (RateLimiter::new(1, Duration::from_secs(1), 1), AtomicBool::new(false));
        limiter.acquire();
        thread::scope(|scope| {
            scope.spawn(|| {
                limiter.acquire();
                served.store(true, Ordering::SeqCst);
            });
            thread::sleep(Duration::from_millis(100));
            while !served.load(Ordering::SeqCst) {
                assert!(!limiter.try_acquire(), "the permit of the waiting thread was taken");
                thread::sleep(Duration::from_millis(10));
            }
        });
    }
}
