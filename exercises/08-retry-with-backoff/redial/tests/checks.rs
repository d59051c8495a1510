//! The contract of README.md, a check or more for each clause.

use std::time::Duration;

use harness::{Check, Kind, catch, checks, expect, expect_eq, fail, input, panic_message};
use redial::waits;

checks! {
    1 => there_is_a_wait_between_two_calls;
    1 => one_call_has_no_wait;
    2 => each_wait_is_twice_the_one_before;
    2 => a_base_of_zero_never_waits;
    3 => no_wait_is_longer_than_the_cap;
    3 => the_cap_holds_from_the_first_wait;
    3 => waits_below_the_cap_are_left_alone;
}

const YEAR: Duration = Duration::from_hours(24 * 365);

/// Takes a panic for what it is: no input of these checks may lead to one.
fn listed(calls: usize, base: Duration, cap: Duration) -> Vec<Duration> {
    match catch(|| waits(calls as u32, base, cap)) {
        Ok(waits) => waits,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message");
            fail(
                Kind::Panicked,
                format!(
                    "`waits({calls}, {base:?}, {cap:?})` panicked with {message:?}, and should return a list"
                ),
            )
        }
    }
}

fn there_is_a_wait_between_two_calls(check: &Check) {
    check.forall(input::triple(2..=20, 1..=9, 0..=9), |(calls, base, cap)| {
        let listed = listed(calls, Duration::from_secs(base as u64), Duration::from_secs(cap as u64));
        expect_eq("how many waits there are", listed.len(), calls - 1);
    });
}

fn one_call_has_no_wait(check: &Check) {
    check.forall(input::triple(0..=1, 0..=9, 0..=9), |(calls, base, cap)| {
        let listed = listed(calls, Duration::from_secs(base as u64), Duration::from_secs(cap as u64));
        expect_eq("the waits", listed, Vec::new());
    });
}

fn each_wait_is_twice_the_one_before(check: &Check) {
    check.forall(input::triple(2..=12, 1..=100, 0..=3), |(calls, base, unit)| {
        let less = Duration::from_nanos(calls as u64 * 83 % 1_000 * u64::from(base % 2 == 0));
        let base = base as u32 * [1, 1_000, 1_000_000, 864_000_000].map(Duration::from_micros)[unit] - less;
        let listed = listed(calls, base, YEAR * 20_000);
        expect_eq("the first wait", listed.first().copied(), Some(base));
        for pair in listed.windows(2) {
            expect(pair[1] == pair[0] * 2, Kind::WrongAnswer, || {
                format!("{:?} follows {:?}, and should be twice as long", pair[1], pair[0])
            });
        }
    });
}

fn a_base_of_zero_never_waits(check: &Check) {
    check.forall(input::pair(2..=20, 0..=9), |(calls, cap)| {
        let listed = listed(calls, Duration::ZERO, Duration::from_secs(cap as u64));
        expect(listed.iter().all(Duration::is_zero), Kind::WrongAnswer, || {
            format!("with a base of zero the waits are {listed:?}")
        });
    });
}

fn no_wait_is_longer_than_the_cap(check: &Check) {
    check.forall(input::triple(2..=20, 1..=9, 0..=600), |(calls, base, cap)| {
        let cap = Duration::from_secs(cap as u64);
        let listed = listed(calls, Duration::from_secs(base as u64), cap);
        for wait in &listed {
            expect(*wait <= cap, Kind::WrongAnswer, || {
                format!("a wait of {wait:?} is longer than the cap {cap:?}")
            });
        }
    });
}

fn the_cap_holds_from_the_first_wait(check: &Check) {
    check.forall(input::triple(2..=20, 1..=9, 0..=9), |(calls, more, cap)| {
        let cap = Duration::from_secs(cap as u64);
        let listed = listed(calls, cap + Duration::from_secs(more as u64), cap);
        expect(listed.iter().all(|wait| *wait == cap), Kind::WrongAnswer, || {
            format!("the base is longer than the cap {cap:?}, and the waits are {listed:?}")
        });
    });
}

/// The cap is met at any place of the list. Below it the waits double; behind it they are the cap.
fn waits_below_the_cap_are_left_alone(check: &Check) {
    check.forall(input::triple(2..=20, 1..=9, 1..=5_000), |(calls, base, cap)| {
        let (base, cap) = (Duration::from_millis(base as u64), Duration::from_millis(cap as u64));
        let wanted: Vec<_> = (1..calls as u32).map(|place| (base * (1 << (place - 1))).min(cap)).collect();
        expect_eq("the waits", listed(calls, base, cap), wanted);
    });
}
