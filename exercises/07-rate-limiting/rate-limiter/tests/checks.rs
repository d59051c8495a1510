//! The contract of README.md, a check or more for each clause.
#![allow(clippy::drop_non_drop, dropping_copy_types)] // A limiter may have something to drop. What a call returns is not looked at.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use harness::{
    Check, Kind, catch, checks, every_thread_has_finished, expect, expect_eq, expect_took, input, now,
};
use harness::{expect_in_time, fail, panic_message, pause, settle};
use rate_limiter::RateLimiter;

checks! {
    1 => a_bucket_holds_the_burst_however_long_it_was_idle simulated;
    1 => a_new_limiter_has_its_burst;
    1 => threads_share_one_bucket;
    1 => permits_keep_the_bound_when_threads_wait_for_them simulated;
    1 => limiters_keep_apart simulated;
    2 => permits_become_free_at_the_rate simulated;
    2 => rounding_loses_nothing simulated;
    2 => waking_up_late_loses_nothing simulated;
    3 => no_permit_stays_free_when_threads_wait_for_it simulated;
    3 => blocked_calls_return_when_their_permits_are_free simulated;
    3 => a_free_permit_is_taken_without_waiting;
    4 => the_call_that_was_blocked_first_is_served_first simulated;
    4 => a_new_call_does_not_overtake simulated;
    5 => a_permit_that_a_call_waits_for_is_not_tried simulated;
    5 => try_acquire_returns_at_once_while_calls_are_blocked simulated;
    6 => calls_give_up_in_time_and_delay_nobody simulated;
    6 => calls_that_give_up_at_the_same_moment_delay_nobody simulated;
    6 => a_permit_in_time_is_waited_for simulated;
    6 => calls_that_gave_up_have_taken_nothing simulated;
    6 => a_timeout_of_zero_returns_at_once;
    6 => a_timeout_may_have_any_length simulated;
    7 => zero_is_a_panic;
    7 => bursts_and_intervals_of_any_size_can_be_used simulated;
    8 => nothing_is_left_behind;
    9 => waiting_threads_do_not_spin simulated;
    2 => the_documented_run simulated;
}

const SOON: Duration = Duration::from_millis(50);
const INTERVAL: Duration = Duration::from_secs(30);
const YEAR: Duration = Duration::from_hours(24 * 365);
const IDLE: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(47), Duration::from_hours(24), Duration::from_hours(24_000)];

/// What a limiter is made with.
#[derive(Debug, Clone, Copy)]
struct Rate {
    permits: u32,
    interval: Duration,
    burst: u32,
}

impl Rate {
    /// In 30 seconds.
    fn new(permits: usize, burst: usize) -> Self {
        Self { permits: permits as u32, interval: INTERVAL, burst: burst as u32 }
    }

    fn limiter(self) -> RateLimiter {
        RateLimiter::new(self.permits, self.interval, self.burst)
    }

    /// The time from one permit to the next; a little less where it can't be said in nanoseconds.
    fn period(self) -> Duration {
        self.interval / self.permits
    }

    /// Times are compared in this unit, in which a period is a whole number.
    fn exact(self, time: Duration) -> u128 {
        time.as_nanos() * u128::from(self.permits)
    }

    fn time(self, exact: u128) -> Duration {
        Duration::from_nanos(u64::try_from(exact / u128::from(self.permits)).unwrap_or(u64::MAX))
    }
}

/// What clause 1 allows, given what has been taken so far. Nobody can see the exact moment at which a permit is taken, only
/// between which two it lies. So it keeps two answers to when the bucket is full again: if all was taken as early as can be,
/// and as late as can be.
#[derive(Debug, Clone, Copy)]
struct Bound {
    rate: Rate,
    full_if_early: u128,
    full_if_late: u128,
    /// A nanosecond for each permit: that much may be rounded.
    rounded: Duration,
}

impl Bound {
    fn new(rate: Rate) -> Self {
        Self { rate, full_if_early: 0, full_if_late: 0, rounded: Duration::ZERO }
    }

    /// When a permit is free, if the bucket is full at this moment.
    fn free(&self, full: u128) -> Duration {
        let saved = self.rate.interval.as_nanos() * u128::from(self.rate.burst - 1);
        self.rate.time(full.saturating_sub(saved))
    }

    /// When the next permit is free at the latest.
    fn latest(&self) -> Duration {
        self.free(self.full_if_late) + self.rounded
    }

    /// A permit was taken between these two.
    fn took(&mut self, called: Duration, returned: Duration) {
        let earliest = self.free(self.full_if_early);
        let in_time = earliest.saturating_sub(self.rounded)..=Duration::MAX;
        expect_in_time("the permit was taken", returned, in_time, || {
            let Rate { permits, interval, burst } = self.rate;
            let early = earliest.saturating_sub(returned);
            format!(
                "a call that began at {called:?} had a permit at {returned:?}, {early:?} too early: it is free at {earliest:?} ({permits} in {interval:?}, burst {burst})"
            )
        });
        let period = self.rate.interval.as_nanos();
        let from = called.max(returned.saturating_sub(SOON));
        self.full_if_early = self.full_if_early.max(self.rate.exact(from)) + period;
        self.took_at_last(returned);
    }

    /// A permit was taken, and only when at the latest is of interest.
    fn took_at_last(&mut self, returned: Duration) {
        let period = self.rate.interval.as_nanos();
        self.full_if_late = self.full_if_late.max(self.rate.exact(returned)) + period;
        self.rounded += Duration::from_nanos(1);
    }

    /// All these permits were taken, each between its two moments.
    fn took_all(&mut self, log: &[(Duration, Duration)]) {
        let mut from: Vec<_> =
            log.iter().map(|(called, back)| (*called).max(back.saturating_sub(SOON))).collect();
        let mut to: Vec<_> = log.iter().map(|(_, returned)| *returned).collect();
        from.sort_unstable();
        to.sort_unstable();
        from.into_iter().zip(to).for_each(|(from, to)| self.took(from, to));
    }

    /// Tries once, when no call is blocked, and holds the answer against the bound.
    fn try_once(&mut self, limiter: &RateLimiter) -> bool {
        let (called, taken, returned) = tried(limiter);
        if taken {
            self.took(called, returned);
        } else {
            let free = self.latest();
            expect(called < free, Kind::TooLate, || {
                let Rate { permits, interval, burst } = self.rate;
                format!(
                    "`try_acquire` was refused a permit at {called:?}, and one is free since {free:?} ({permits} in {interval:?}, burst {burst})"
                )
            });
        }
        taken
    }

    /// Takes what is in the bucket, and one try more.
    fn drain(&mut self, limiter: &RateLimiter) {
        for _ in 0..=self.rate.burst {
            self.try_once(limiter);
        }
    }
}

/// Calls `try_acquire`, which may not wait. Between which two moments, and what it said.
fn tried(limiter: &RateLimiter) -> (Duration, bool, Duration) {
    let called = now();
    let taken = limiter.try_acquire();
    let returned = now();
    expect_in_time("`try_acquire` returned", returned, called..=called + SOON, || {
        format!(
            "`try_acquire` was called at {called:?} and returned at {returned:?}: it should return at once"
        )
    });
    (called, taken, returned)
}

/// How a call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    Endless,
    Until(Duration),
}

impl Patience {
    /// In any mixture: `acquire`, and two timeouts that never end.
    fn endless(number: u64) -> Self {
        [Self::Endless, Self::Until(Duration::from_hours(24_000)), Self::Until(Duration::from_hours(240))]
            [number as usize % 3]
    }

    fn wait(self, limiter: &RateLimiter) -> bool {
        match self {
            Self::Endless => {
                limiter.acquire();
                true
            }
            Self::Until(timeout) => limiter.acquire_timeout(timeout),
        }
    }
}

/// A call on a thread of its own, with when it began, what it returned and when that was.
#[derive(Debug)]
struct Call {
    called: Duration,
    thread: JoinHandle<(bool, Duration)>,
}

impl Call {
    /// The call is blocked, or has returned, when this returns.
    fn begin(limiter: &Arc<RateLimiter>, patience: Patience) -> Self {
        let limiter = Arc::clone(limiter);
        let called = now();
        let thread = thread::spawn(move || {
            let served = patience.wait(&limiter);
            (served, now())
        });
        settle();
        Self { called, thread }
    }

    fn end(self) -> (Duration, bool, Duration) {
        match self.thread.join() {
            Ok((served, returned)) => (self.called, served, returned),
            Err(payload) => {
                let said = panic_message(&*payload).unwrap_or("something without a message").to_owned();
                fail(Kind::Panicked, format!("a call panicked with {said:?}"))
            }
        }
    }
}

fn a_bucket_holds_the_burst_however_long_it_was_idle(check: &Check) {
    check.small("a burst of 2 after a day", (1usize, 2usize, 2usize));
    check.forall(input::triple(1..=3, 1..=5, 0..=3), |(permits, burst, idle)| {
        let rate = Rate::new(permits, burst);
        let (limiter, mut bound) = (rate.limiter(), Bound::new(rate));
        for idle in [Duration::ZERO, IDLE[idle], IDLE[(idle + 1) % 4]] {
            pause(idle);
            bound.drain(&limiter);
        }
    });
}

/// On real threads too: the permits are minutes apart.
fn a_new_limiter_has_its_burst(check: &Check) {
    check.forall(input::pair(1..=3, 1..=6), |(permits, burst)| {
        let limiter = Rate::new(permits, burst).limiter();
        let taken = (0..burst + 2).filter(|_| limiter.try_acquire()).count();
        expect_eq("how many permits a new limiter has", taken, burst);
    });
}

fn threads_share_one_bucket(check: &Check) {
    check.small("2 threads and a burst of 1", (2usize, 1usize, 1usize));
    check.forall(input::triple(1..=4, 1..=4, 1..=2), |(threads, burst, tries)| {
        let rate = Rate::new(1, burst);
        let (limiter, taken) = (rate.limiter(), AtomicUsize::new(0));
        let began = now();
        let work = || {
            for _ in 0..tries {
                if limiter.try_acquire() {
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            }
        };
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        let (taken, wanted) = (taken.load(Ordering::SeqCst), burst.min(threads * tries));
        let kind = if taken > wanted { Kind::TooEarly } else { Kind::TooLate };
        expect(taken == wanted || now() - began > SOON, kind, || {
            format!("a full bucket with a burst of {burst} has permits for {wanted} of {} tries, and {taken} took one", threads * tries)
        });
    });
}

/// Each thread asks again as soon as it is served. When each call began and returned, and whether it was served. None of the
/// timeouts is shorter than days.
fn asked_again_and_again(rate: Rate, threads: &[u64]) -> Vec<(Duration, Duration, bool)> {
    let (limiter, log) = (rate.limiter(), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for number in threads {
            let (limiter, log) = (&limiter, &log);
            scope.spawn(move || {
                for _ in 0..=number / 3 {
                    let called = now();
                    let served = Patience::endless(*number).wait(limiter);
                    log.lock().unwrap().push((called, now(), served));
                }
            });
        }
    });
    log.into_inner().unwrap()
}

fn permits_keep_the_bound_when_threads_wait_for_them(check: &Check) {
    check.small("2 threads and a burst of 1", (vec![0u64, 1], 1usize, 1usize));
    check.forall(input::numbers_and_two(0..9, 1..=4, 1..=3, 1..=3), |(threads, permits, burst)| {
        let rate = Rate::new(permits, burst);
        let served = asked_again_and_again(rate, &threads).into_iter().filter(|call| call.2);
        let log: Vec<_> = served.map(|(called, returned, _)| (called, returned)).collect();
        Bound::new(rate).took_all(&log);
    });
}

fn no_permit_stays_free_when_threads_wait_for_it(check: &Check) {
    check.small("2 threads and a burst of 1", (vec![0u64, 1], 1usize, 1usize));
    check.forall(input::numbers_and_two(0..9, 1..=4, 1..=3, 1..=3), |(threads, permits, burst)| {
        let rate = Rate::new(permits, burst);
        let served = |(called, returned, served): (Duration, Duration, bool)| {
            expect(served, Kind::TooLate, || {
                format!("a call of `acquire_timeout` began at {called:?} and gave up at {returned:?}: its permit was free long before")
            });
            (called, returned)
        };
        let log: Vec<_> = asked_again_and_again(rate, &threads).into_iter().map(served).collect();
        in_time(rate, &log);
    });
}

/// There always was a call that wanted the next permit. So each of them was taken as soon as it was free.
fn in_time(rate: Rate, log: &[(Duration, Duration)]) {
    let mut log = log.to_vec();
    log.sort_unstable_by_key(|(_, returned)| *returned);
    let (mut bound, mut before) = (Bound::new(rate), Duration::ZERO);
    for (number, (called, returned)) in log.into_iter().enumerate() {
        let free = bound.latest().max(before).max(called);
        expect_in_time("the call returned", returned, Duration::ZERO..=free + SOON, || {
            let Rate { permits, interval, burst } = rate;
            format!(
                "permit {number} was free at {free:?}, and the call that waits for it returned at {returned:?} ({permits} in {interval:?}, burst {burst})"
            )
        });
        bound.took_at_last(returned);
        before = returned;
    }
}

/// One is empty and has calls that wait; another one has never been asked.
fn limiters_keep_apart(check: &Check) {
    check.small("an empty limiter and a full one", (1usize, 1usize));
    check.forall(input::pair(1..=3, 0..=2), |(burst, waiting)| {
        let rate = Rate::new(1, burst);
        let (busy, other) = (Arc::new(rate.limiter()), rate.limiter());
        let (mut its_bound, mut bound) = (Bound::new(rate), Bound::new(rate));
        its_bound.drain(&busy);
        let calls: Vec<_> = (0..waiting as u64).map(|n| Call::begin(&busy, Patience::endless(n))).collect();
        // What counts from the moment of `new`, and not from that of the permit, is wrong by a third of a period here.
        pause(rate.period() / 3);
        bound.drain(&other);
        // In which order they are served is what clause 4 is about.
        let log: Vec<_> =
            calls.into_iter().map(Call::end).map(|(called, _, returned)| (called, returned)).collect();
        its_bound.took_all(&log);
        bound.drain(&other);
    });
}

/// The check moves the clock by any amount, and tries.
fn permits_become_free_at_the_rate(check: &Check) {
    check.small("a try every second and a half of a permit", (vec![18u64, 18, 18, 18], 1usize, 2usize));
    check.forall(input::numbers_and_two(0..30, 1..=12, 1..=7, 1..=4), |(moves, permits, burst)| {
        let rate = Rate::new(permits, burst);
        let (limiter, mut bound) = (rate.limiter(), Bound::new(rate));
        pause(rate.period() / 3);
        bound.drain(&limiter);
        for by in moves {
            pause(rate.period() * by as u32 / 12);
            bound.try_once(&limiter);
            bound.try_once(&limiter);
        }
    });
}

/// How far from a permit's moment a busy limiter is asked.
const NEAR: Duration = Duration::from_micros(20);

/// Shortly before and shortly after each permit's moment. A bucket that holds more than one is never full here, so each moment
/// follows from the first: what is rounded adds up.
fn rounding_loses_nothing(check: &Check) {
    check.small("2000 permits in a row, 7 in a second", (2_000usize, 7usize, 2usize));
    check.forall(input::triple(1..=60, 1..=9, 2..=3), |(number, permits, burst)| {
        let rate = Rate { permits: permits as u32, interval: Duration::from_secs(1), burst: burst as u32 };
        let (limiter, mut bound) = (rate.limiter(), Bound::new(rate));
        bound.drain(&limiter);
        for _ in 0..number {
            let free = bound.free(bound.full_if_early);
            pause(free.saturating_sub(NEAR + now()));
            bound.try_once(&limiter);
            pause((bound.latest() + NEAR).saturating_sub(now()));
            bound.try_once(&limiter);
        }
    });
}

fn waking_up_late_loses_nothing(check: &Check) {
    check.forall(input::triple(1..=200, 1..=3, 2..=4), |(number, permits, burst)| {
        let rate = Rate::new(permits, burst);
        let (limiter, mut log) = (rate.limiter(), Vec::new());
        for call in 0..number {
            let called = now();
            Patience::endless(call as u64).wait(&limiter);
            log.push((called, now()));
        }
        in_time(rate, &log);
    });
}

fn blocked_calls_return_when_their_permits_are_free(check: &Check) {
    check.small("2 calls and a burst of 1", (vec![0u64, 1], 1usize, 1usize));
    check.forall(input::numbers_and_two(0..3, 1..=6, 1..=3, 1..=3), |(calls, permits, burst)| {
        let rate = Rate::new(permits, burst);
        let limiter = Arc::new(rate.limiter());
        let calls: Vec<_> = calls.iter().map(|n| Call::begin(&limiter, Patience::endless(*n))).collect();
        let log: Vec<_> =
            calls.into_iter().map(Call::end).map(|(called, _, returned)| (called, returned)).collect();
        in_time(rate, &log);
    });
}

fn a_free_permit_is_taken_without_waiting(check: &Check) {
    check.forall(input::numbers_and(0..3, 1..=4, 0..=2), |(calls, more)| {
        let (rate, began) = (Rate::new(1, calls.len() + more), now());
        let limiter = rate.limiter();
        for number in calls {
            let served = Patience::endless(number).wait(&limiter);
            expect_eq("whether a call was served while a permit was free", served, true);
        }
        expect_took("the calls had returned", now() - began, Duration::ZERO..=SOON, || {
            "a call waited, and a permit was free".into()
        });
    });
}

fn the_call_that_was_blocked_first_is_served_first(check: &Check) {
    check.small("2 calls of which one was blocked first", (vec![0u64, 1], 1usize, 0usize));
    check.forall(input::numbers_and_two(0..3, 2..=5, 1..=3, 0..=3), |(calls, burst, eighths)| {
        let rate = Rate::new(2, burst);
        let (limiter, served) = (Arc::new(rate.limiter()), Arc::<Mutex<Vec<usize>>>::default());
        Bound::new(rate).drain(&limiter);
        let mut threads = Vec::new();
        for (number, patience) in calls.iter().enumerate() {
            let (limiter, served, patience) =
                (Arc::clone(&limiter), Arc::clone(&served), Patience::endless(*patience));
            threads.push(thread::spawn(move || {
                patience.wait(&limiter);
                served.lock().unwrap().push(number);
            }));
            settle();
            pause(rate.period() * eighths as u32 / 8);
        }
        for thread in threads {
            expect(thread.join().is_ok(), Kind::Panicked, || "a call panicked".into());
        }
        let served = served.lock().unwrap().clone();
        expect_eq(
            "the calls in the order in which they returned, numbered as they were blocked",
            served,
            (0..calls.len()).collect(),
        );
    });
}

/// The other call comes at the moment at which the permit of the blocked call is free.
fn a_new_call_does_not_overtake(check: &Check) {
    check.small("a blocked call, and another one when its permit is free", (1usize, 0usize, 0usize));
    check.forall(input::triple(1..=3, 0..=2, 0..=2), |(burst, blocked, other)| {
        let rate = Rate::new(1, burst);
        let (limiter, mut bound) = (Arc::new(rate.limiter()), Bound::new(rate));
        bound.drain(&limiter);
        let free = bound.latest();
        let first = Call::begin(&limiter, Patience::endless(blocked as u64));
        pause(free.saturating_sub(now()));
        let called = now();
        Patience::endless(other as u64).wait(&limiter);
        let returned = now();
        let (_, _, before) = first.end();
        expect(before < returned, Kind::WrongAnswer, || {
            format!("a call was blocked first and returned at {before:?}; another one that began at {called:?} returned at {returned:?}, before it")
        });
    });
}

fn a_permit_that_a_call_waits_for_is_not_tried(check: &Check) {
    check.small("a blocked call, and a try when its permit is free", (1usize, 0usize, 0usize));
    check.forall(input::triple(1..=3, 0..=2, 0..=1), |(burst, blocked, how)| {
        let rate = Rate::new(1, burst);
        let (limiter, mut bound) = (Arc::new(rate.limiter()), Bound::new(rate));
        bound.drain(&limiter);
        let free = bound.latest();
        let first = Call::begin(&limiter, Patience::endless(blocked as u64));
        pause(free.saturating_sub(now()));
        let (what, taken) = if how == 0 {
            ("try_acquire", tried(&limiter).1)
        } else {
            ("acquire_timeout(0)", limiter.acquire_timeout(Duration::ZERO))
        };
        expect(!taken, Kind::WrongAnswer, || {
            format!("`{what}` took a permit that a blocked call was waiting for")
        });
        let (_, _, returned) = first.end();
        expect_in_time("the call returned", returned, Duration::ZERO..=free + SOON * 2, || {
            format!(
                "the permit of a blocked call was free at {free:?}, and the call returned at {returned:?}"
            )
        });
    });
}

fn try_acquire_returns_at_once_while_calls_are_blocked(check: &Check) {
    check.small("1 blocked call and a try", (vec![0u64], 1usize));
    check.forall(input::numbers_and(0..3, 1..=4, 1..=3), |(calls, burst)| {
        let rate = Rate::new(1, burst);
        let limiter = Arc::new(rate.limiter());
        Bound::new(rate).drain(&limiter);
        let blocked = |number: &u64| {
            let call = Call::begin(&limiter, Patience::endless(*number));
            let (_, taken, _) = tried(&limiter);
            expect(!taken, Kind::WrongAnswer, || {
                "`try_acquire` took a permit while a call was blocked".into()
            });
            call
        };
        let calls: Vec<_> = calls.iter().map(blocked).collect();
        calls.into_iter().for_each(|call| drop(call.end()));
    });
}

/// What a call should come to. The limiter is known, and so are all calls before it.
struct Expected {
    rate: Rate,
    full: u128,
}

impl Expected {
    /// When the call is served; `None` if it gives up.
    fn call(&mut self, called: Duration, patience: Patience) -> Option<Duration> {
        let saved = self.rate.interval.as_nanos() * u128::from(self.rate.burst - 1);
        let free = self.rate.time(self.full.saturating_sub(saved)).max(called);
        if matches!(patience, Patience::Until(timeout) if free - called > timeout) {
            return None;
        }
        self.full = self.full.max(self.rate.exact(free)) + self.rate.interval.as_nanos();
        Some(free)
    }
}

/// Calls come at eighths of a period, and give up at odd sixteenths: never when a permit becomes free.
fn several_calls(limiter: &Arc<RateLimiter>, bound: &mut Bound, numbers: &[u64]) {
    let rate = bound.rate;
    let mut expected = Expected { rate, full: bound.full_if_late };
    let mut calls = Vec::new();
    for number in numbers {
        let patience = match number / 4 % 8 {
            0 => Patience::Endless,
            7 => Patience::Until(Duration::MAX),
            halves => Patience::Until(rate.period() * (8 * (halves - 1) as u32 + 5) / 16),
        };
        pause(rate.period() * (number % 4) as u32 / 8);
        let call = Call::begin(limiter, patience);
        let wanted = expected.call(call.called, patience);
        calls.push((call, patience, wanted));
    }
    let mut log = Vec::new();
    for (number, (call, patience, wanted)) in calls.into_iter().enumerate() {
        let (called, served, returned) = call.end();
        let it = match patience {
            Patience::Endless => format!("call {number} (`acquire` at {called:?})"),
            Patience::Until(timeout) => {
                format!("call {number} (`acquire_timeout` with {timeout:?} at {called:?})")
            }
        };
        match (wanted, patience) {
            (Some(free), _) => {
                expect(served, Kind::WrongAnswer, || {
                    format!("{it} returned false, and its permit is free at {free:?}")
                });
                expect_in_time("it returned", returned, Duration::ZERO..=free + SOON * 2, || {
                    format!("{it} returned at {returned:?}, and its permit was free at {free:?}")
                });
                log.push((called, returned));
            }
            (None, Patience::Until(timeout)) => {
                expect(!served, Kind::WrongAnswer, || {
                    format!(
                        "{it} returned true at {returned:?}, and no permit is free for it within its timeout"
                    )
                });
                let in_time = Duration::ZERO..=called.saturating_add(timeout).saturating_add(SOON);
                expect_in_time("it returned", returned, in_time, || {
                    format!("{it} returned false at {returned:?}, more than 50 ms after its timeout")
                });
            }
            (None, Patience::Endless) => unreachable!("it does not give up"),
        }
    }
    bound.took_all(&log);
}

fn calls_give_up_in_time_and_delay_nobody(check: &Check) {
    check.small("a call that gives up, and one behind it", (vec![4u64, 0], 1usize, 1usize));
    check.forall(input::numbers_and_two(0..32, 1..=6, 1..=3, 1..=3), |(numbers, permits, burst)| {
        let rate = Rate::new(permits, burst);
        let (limiter, mut bound) = (Arc::new(rate.limiter()), Bound::new(rate));
        bound.drain(&limiter);
        several_calls(&limiter, &mut bound, &numbers);
    });
}

/// One call waits for the next permit. Others, which can't have it, come at the moment at which it comes.
fn calls_that_give_up_at_the_same_moment_delay_nobody(check: &Check) {
    check.small("a call that waits, and one that gives up", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 1..=3, 0..=2), |(others, burst, patience)| {
        let rate = Rate::new(1, burst);
        let (limiter, mut bound) = (Arc::new(rate.limiter()), Bound::new(rate));
        bound.drain(&limiter);
        let free = bound.latest();
        let returned = thread::scope(|scope| {
            let limiter = &*limiter;
            for _ in 0..others {
                scope.spawn(move || match patience {
                    0 => limiter.try_acquire(),
                    halves => limiter.acquire_timeout(rate.period() / 4 * halves as u32),
                });
            }
            limiter.acquire();
            now()
        });
        expect_in_time("it returned", returned, Duration::ZERO..=free + SOON * 2, || {
            format!("a permit was free at {free:?}, all other calls give up before that, and `acquire` returned at {returned:?}")
        });
    });
}

/// The bucket is not empty, and calls come over a long time.
fn a_permit_in_time_is_waited_for(check: &Check) {
    check.forall(input::numbers_and_two(0..32, 1..=8, 1..=3, 1..=3), |(numbers, permits, burst)| {
        let rate = Rate::new(permits, burst);
        let (limiter, mut bound) = (Arc::new(rate.limiter()), Bound::new(rate));
        several_calls(&limiter, &mut bound, &numbers);
    });
}

/// Afterwards the bucket has what it would have without them.
fn calls_that_gave_up_have_taken_nothing(check: &Check) {
    check.forall(input::numbers_and_two(4..28, 1..=5, 1..=3, 1..=3), |(numbers, rounds, burst)| {
        let rate = Rate::new(1, burst);
        let (limiter, mut bound) = (Arc::new(rate.limiter()), Bound::new(rate));
        bound.drain(&limiter);
        for _ in 0..rounds {
            several_calls(&limiter, &mut bound, &numbers);
            pause(rate.period() * 5 / 4);
            bound.drain(&limiter);
        }
    });
}

fn a_timeout_of_zero_returns_at_once(check: &Check) {
    check.small("a burst of 1", (1usize, 0usize));
    check.forall(input::pair(1..=4, 0..=2), |(burst, waiting)| {
        let (rate, began) = (Rate::new(1, burst), now());
        let limiter = rate.limiter();
        let taken = (0..burst + 2).filter(|_| limiter.acquire_timeout(Duration::ZERO)).count();
        expect_eq("how many permits `acquire_timeout(Duration::ZERO)` took from a full bucket", taken, burst);
        expect_took("the calls had returned", now() - began, Duration::ZERO..=SOON, || {
            format!("{} calls of `acquire_timeout(Duration::ZERO)` took {:?}", burst + 2, now() - began)
        });
        for _ in 0..waiting {
            expect_eq("what `try_acquire` says when the bucket is empty", limiter.try_acquire(), false);
        }
    });
}

/// Each of them as the only call that a fresh limiter gets, as a call that has to wait for nothing, and, if it is long, as one that waits.
fn a_timeout_may_have_any_length(check: &Check) {
    check.forall(input::number(0..=11), |which| {
        let timeout = match which {
            0 => Duration::ZERO,
            1 => Duration::from_nanos(1),
            _ => input::LONGEST[which - 2],
        };
        let limiter = Rate::new(1, 2).limiter();
        match catch(|| (limiter.acquire_timeout(timeout), limiter.acquire_timeout(timeout))) {
            Ok(served) => {
                expect_eq("what `acquire_timeout` returned for two free permits", served, (true, true))
            }
            Err(payload) => {
                let said = panic_message(&*payload).unwrap_or("something without a message").to_owned();
                fail(Kind::Panicked, format!("`acquire_timeout({timeout:?})` panicked with {said:?}"))
            }
        }
        if which >= 2 {
            let what = format!("what `acquire_timeout({timeout:?})` returned for a permit that comes soon");
            expect_eq(&what, limiter.acquire_timeout(timeout), true);
        }
    });
}

fn zero_is_a_panic(check: &Check) {
    check.small("no permits", 0usize);
    check.forall(input::number(0..=3), |which| {
        let one = |zero: usize| u32::from(which != zero);
        let made = catch(|| drop(RateLimiter::new(one(0), INTERVAL * one(1), one(2))));
        let (what, wanted) = (["permits", "interval", "burst", "nothing"][which], which == 3);
        expect(made.is_ok() == wanted, Kind::WrongAnswer, || {
            let did = if wanted { "panicked" } else { "did not panic" };
            format!("`new` {did} when {what} was zero")
        });
        let other = Rate::new(1, 1).limiter();
        expect_eq("what `try_acquire` says of a new limiter after that", other.try_acquire(), true);
    });
}

fn bursts_and_intervals_of_any_size_can_be_used(check: &Check) {
    const BURSTS: [u32; 4] = [1, 2, 300, u32::MAX];
    const RATES: [(u32, Duration); 5] = [
        (1, YEAR),
        (1_000, YEAR),
        (u32::MAX, Duration::from_millis(u32::MAX as u64)),
        (7, Duration::from_secs(1)),
        (1, Duration::from_millis(1)),
    ];
    check.forall(input::triple(0..=3, 0..=4, 0..=3), |(burst, which, idle)| {
        let ((permits, interval), burst) = (RATES[which], BURSTS[burst]);
        // The bucket fills in a year at most.
        let interval = interval.min(YEAR / burst * permits);
        let rate = Rate { permits, interval, burst };
        let used = catch(|| {
            let (limiter, mut bound) = (rate.limiter(), Bound::new(rate));
            for idle in [Duration::ZERO, IDLE[idle], IDLE[(idle + 1) % 4], YEAR] {
                pause(idle);
                (0..burst.min(300) + 1).for_each(|_| drop(bound.try_once(&limiter)));
            }
            pause(YEAR + SOON);
            let called = now();
            limiter.acquire();
            let returned = now();
            bound.took(called, returned);
            expect_in_time("`acquire` returned", returned, called..=called + SOON, || {
                format!("`acquire` waited from {called:?} to {returned:?}, and a permit was free ({permits} in {interval:?}, burst {burst})")
            });
        });
        expect(used.is_ok(), Kind::Panicked, || {
            format!("a call panicked, for a limiter with {permits} permits in {interval:?} and a burst of {burst}")
        });
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=1), |(burst, takes, dropped_late)| {
        let limiter = Rate::new(1, burst).limiter();
        (0..takes).for_each(|_| drop(limiter.try_acquire()));
        if dropped_late == 1 {
            pause(INTERVAL);
        }
        drop(limiter);
        every_thread_has_finished();
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..32, 1..=4, 1..=3), |(numbers, burst)| {
        let rate = Rate::new(1, burst);
        let (limiter, mut bound) = (Arc::new(rate.limiter()), Bound::new(rate));
        bound.drain(&limiter);
        several_calls(&limiter, &mut bound, &numbers);
        let done = Arc::new(AtomicBool::new(false));
        let (inner, flag) = (Arc::clone(&limiter), Arc::clone(&done));
        let last = thread::spawn(move || {
            inner.acquire();
            flag.store(true, Ordering::SeqCst);
        });
        settle();
        pause(INTERVAL * 20);
        expect(done.load(Ordering::SeqCst), Kind::TooLate, || "a call waits for ever".into());
        drop(last.join());
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let start = Instant::now();
        let limiter = RateLimiter::new(10, Duration::from_secs(1), 5);
        let request = || {
            limiter.acquire();
            start.elapsed().as_millis() / 100
        };
        let tenths: Vec<u128> = thread::scope(|scope| {
            let threads: Vec<_> = (0..20).map(|_| scope.spawn(request)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let line = |tenth: u128| {
            let requests = tenths.iter().filter(|its| **its == tenth).count();
            format!("{}.{} s {}", tenth / 10, tenth % 10, "#".repeat(requests))
        };
        (0..=tenths.iter().copied().max().unwrap_or(0)).map(line).collect::<Vec<_>>().join("\n")
    });
}
