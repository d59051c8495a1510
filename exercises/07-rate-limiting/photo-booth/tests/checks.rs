//! The contract of README.md, a check or more for each clause.

use std::time::{Duration, Instant};

use harness::{Check, Kind, checks, expect, expect_took, input, now};
use photo_booth::Booth;

checks! {
    1 => a_booth_that_nobody_has_booked_is_free;
    1 => idle_time_is_not_saved;
    2 => sessions_follow_each_other;
    2 => a_caller_may_come_with_an_earlier_moment;
    2 => sessions_may_have_any_length;
    3 => the_answer_comes_at_once simulated;
}

const MINUTE: Duration = Duration::from_secs(60);

/// Books for callers who ask at these moments after the opening, and compares each answer.
fn compare(session: Duration, asks: &[Duration]) {
    let opening = Instant::now();
    let (mut booth, mut free) = (Booth::new(session), Duration::ZERO);
    for (number, ask) in asks.iter().enumerate() {
        let wanted = free.max(*ask);
        free = wanted + session;
        let got = booth.book(opening + *ask);
        expect(got == opening + wanted, Kind::WrongAnswer, || {
            let (side, off) = if got < opening + wanted {
                ("too early", (opening + wanted).duration_since(got))
            } else {
                ("too late", got.duration_since(opening + wanted))
            };
            format!(
                "request {number} of {asks:?} with sessions of {session:?} should begin {wanted:?} after the opening, and begins {off:?} {side}"
            )
        });
    }
}

fn a_booth_that_nobody_has_booked_is_free(check: &Check) {
    check.small("1 request", (0usize, 1usize));
    check.forall(input::pair(0..=2_000, 1..=60), |(ask, session)| {
        compare(MINUTE * session as u32, &[MINUTE * ask as u32]);
    });
}

/// Pairs of requests, with a long silence between the pairs.
fn idle_time_is_not_saved(check: &Check) {
    check.small("3 requests with silence before each", vec![1u64, 600, 5_000]);
    check.forall(input::numbers(1..100_000, 1..=5), |silences| {
        let mut time = Duration::ZERO;
        let mut asks = Vec::new();
        for silence in silences {
            time += MINUTE * (10 + silence as u32);
            asks.extend([time, time]);
        }
        compare(MINUTE * 5, &asks);
    });
}

fn sessions_follow_each_other(check: &Check) {
    check.small("3 requests at once", (vec![0u64, 0, 0], 5usize));
    check.forall(input::numbers_and(0..8, 1..=10, 1..=10), |(steps, session)| {
        let mut time = Duration::ZERO;
        let asks: Vec<_> = steps
            .into_iter()
            .map(|step| {
                time += MINUTE * step as u32;
                time
            })
            .collect();
        compare(MINUTE * session as u32, &asks);
    });
}

fn a_caller_may_come_with_an_earlier_moment(check: &Check) {
    check.forall(input::numbers_and(0..40, 1..=8, 1..=10), |(asks, session)| {
        let asks: Vec<_> = asks.into_iter().map(|ask| MINUTE * ask as u32).collect();
        compare(MINUTE * session as u32, &asks);
    });
}

fn sessions_may_have_any_length(check: &Check) {
    check.forall(input::numbers_and(0..50, 1..=8, 0..=3), |(asks, length)| {
        let unit = [1, 777, 1_500_000, 999_999_999][length];
        let asks: Vec<_> = asks.into_iter().map(|ask| Duration::from_nanos(ask * unit)).collect();
        compare(Duration::from_nanos(unit * 10 + 7), &asks);
        compare(Duration::ZERO, &asks);
    });
}

fn the_answer_comes_at_once(check: &Check) {
    check.forall(input::number(1..=6), |requests| {
        let (opening, began) = (Instant::now(), now());
        let mut booth = Booth::new(MINUTE);
        for _ in 0..requests {
            booth.book(opening + MINUTE);
        }
        let took = now() - began;
        expect_took("the calls had returned", took, Duration::ZERO..=Duration::from_millis(50), || {
            format!("{requests} calls of `book` took {took:?}: `book` should answer at once, and not wait")
        });
    });
}
