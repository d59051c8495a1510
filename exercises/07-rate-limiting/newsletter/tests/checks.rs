//! The contract of README.md, a check or more for each clause.
#![allow(clippy::drop_non_drop)] // What the stub has is nothing to drop; what a solution has may be.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{
    Check, Kind, catch, checks, every_thread_has_finished, expect, expect_eq, expect_in_time, expect_took,
    input, now, pause, settle,
};
use newsletter::Quota;

checks! {
    1 => a_silence_saves_the_burst_and_no_more simulated;
    1 => threads_share_one_bucket simulated;
    1 => waiting_threads_share_one_bucket simulated;
    1 => quotas_keep_apart;
    1 => calls_that_wait_for_one_quota_hold_up_no_other simulated;
    2 => a_new_quota_has_its_burst;
    2 => places_become_free_at_the_rate simulated;
    2 => a_short_period_adds_up simulated;
    3 => a_waiting_call_returns_when_a_place_is_free simulated;
    3 => a_free_place_is_taken_without_waiting;
    4 => try_take_returns_at_once_while_calls_wait simulated;
    5 => zero_is_a_panic;
    5 => bursts_and_periods_of_any_size_can_be_used simulated;
    6 => waiting_threads_do_not_spin simulated;
}

const SOON: Duration = Duration::from_millis(50);
const PERIOD: Duration = Duration::from_secs(10);
const YEAR: Duration = Duration::from_hours(24 * 365);
const SILENCE: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(25), Duration::from_hours(24), Duration::from_hours(24_000)];

/// What the contract allows, given what has been taken. Nobody can see the exact moment of that, only between which two it
/// lies. So there are two answers to when the bucket is full again: if all was taken as early as can be, and as late as can be.
#[derive(Debug, Clone, Copy)]
struct Bound {
    period: Duration,
    burst: u32,
    full_if_early: Duration,
    full_if_late: Duration,
}

impl Bound {
    fn new(period: Duration, burst: usize) -> Self {
        Self { period, burst: burst as u32, full_if_early: Duration::ZERO, full_if_late: Duration::ZERO }
    }

    /// When clause 2 wants the next place to be free.
    fn latest(&self) -> Duration {
        self.full_if_late.saturating_sub(self.period * (self.burst - 1))
    }

    /// A place was taken between these two. Clause 1 lets it come a period earlier than clause 2 asks for.
    fn took(&mut self, called: Duration, returned: Duration) {
        let earliest = self.full_if_early.saturating_sub(self.period * self.burst);
        expect_in_time("a place was taken", returned, earliest..=Duration::MAX, || {
            let Self { period, burst, .. } = self;
            format!(
                "the place of a mail was taken at {returned:?}, and the bound allows the next one at {earliest:?} (burst {burst}, one in {period:?})"
            )
        });
        let from = called.max(returned.saturating_sub(SOON));
        self.full_if_early = self.full_if_early.max(from) + self.period;
        self.full_if_late = self.full_if_late.max(returned) + self.period;
    }

    fn try_once(&mut self, quota: &Quota) {
        let (called, taken, returned) = tried(quota);
        if taken {
            self.took(called, returned);
        } else {
            let (free, Self { period, burst, .. }) = (self.latest(), self);
            expect(called < free, Kind::TooLate, || {
                format!(
                    "`try_take` got no place at {called:?}, and one is free since {free:?} (burst {burst}, one in {period:?})"
                )
            });
        }
    }

    /// Tries as often as there can be places, and once more.
    fn drain(&mut self, quota: &Quota) {
        for _ in 0..self.burst + 2 {
            self.try_once(quota);
        }
    }

    /// All these places were taken, each between its two moments, by calls of which one always waited.
    fn took_all(&mut self, mut log: Vec<(Duration, Duration)>) {
        let mut from: Vec<_> =
            log.iter().map(|(called, back)| (*called).max(back.saturating_sub(SOON))).collect();
        from.sort_unstable();
        log.sort_unstable_by_key(|(_, returned)| *returned);
        let mut before = Duration::ZERO;
        for (from, (called, returned)) in from.into_iter().zip(log) {
            let free = self.latest().max(before).max(called);
            expect_in_time("the call returned", returned, Duration::ZERO..=free + SOON, || {
                format!(
                    "a place was free at {free:?}, and the call that waits for it returned at {returned:?}"
                )
            });
            self.took(from, returned);
            before = returned;
        }
    }
}

/// Calls `try_take`, which may not wait. Between which two moments, and what it said.
fn tried(quota: &Quota) -> (Duration, bool, Duration) {
    let called = now();
    let taken = quota.try_take();
    let returned = now();
    expect_in_time("`try_take` returned", returned, called..=called + SOON, || {
        format!("`try_take` was called at {called:?} and returned at {returned:?}: it should return at once")
    });
    (called, taken, returned)
}

fn a_silence_saves_the_burst_and_no_more(check: &Check) {
    check.small("a burst of 2 and a day of silence", (2usize, 2usize));
    check.forall(input::pair(1..=5, 0..=3), |(burst, silence)| {
        let (quota, mut bound) = (Quota::new(PERIOD, burst as u32), Bound::new(PERIOD, burst));
        for silence in [Duration::ZERO, SILENCE[silence], SILENCE[(silence + 1) % 4]] {
            pause(silence);
            bound.drain(&quota);
        }
    });
}

/// As many places as a full bucket has, and not one more: no time passes.
fn threads_share_one_bucket(check: &Check) {
    check.small("2 threads and a burst of 1", (2usize, 1usize, 1usize));
    check.forall(input::triple(1..=4, 1..=4, 1..=2), |(threads, burst, tries)| {
        let (quota, taken) = (Quota::new(PERIOD, burst as u32), AtomicUsize::new(0));
        let began = now();
        let work = || {
            for _ in 0..tries {
                if quota.try_take() {
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            }
        };
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        let (taken, wanted) = (taken.load(Ordering::SeqCst), burst.min(threads * tries));
        let kind = if taken > wanted { Kind::TooEarly } else { Kind::TooLate };
        expect(taken == wanted || now() - began > SOON, kind, || {
            format!("a full bucket with a burst of {burst} has places for {wanted} of {} tries at once, and {taken} took one", threads * tries)
        });
    });
}

fn waiting_threads_share_one_bucket(check: &Check) {
    check.small("2 threads that wait, and a burst of 1", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..3, 1..=4, 1..=3), |(threads, burst)| {
        let (quota, log) = (Quota::new(PERIOD, burst as u32), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for calls in threads {
                let (quota, log) = (&quota, &log);
                scope.spawn(move || {
                    for _ in 0..=calls {
                        let called = now();
                        quota.wait();
                        log.lock().unwrap().push((called, now()));
                    }
                });
            }
        });
        let mut bound = Bound::new(PERIOD, burst);
        bound.took_all(log.into_inner().unwrap());
        // What was taken twice, or not at all, is missed or found here.
        for _ in 0..2 {
            pause(PERIOD * 3 / 2);
            bound.drain(&quota);
        }
        every_thread_has_finished();
    });
}

fn quotas_keep_apart(check: &Check) {
    check.forall(input::pair(1..=4, 1..=4), |(one, other)| {
        let (first, second) = (Quota::new(PERIOD, one as u32), Quota::new(PERIOD * 2, other as u32));
        for (what, quota, burst) in [("the first", &first, one), ("the second", &second, other)] {
            let taken = (0..burst + 2).filter(|_| quota.try_take()).count();
            expect_eq(&format!("how many places {what} of two new quotas has"), taken, burst);
        }
    });
}

/// One quota is empty, and calls wait for it; another one has all its places.
fn calls_that_wait_for_one_quota_hold_up_no_other(check: &Check) {
    check.small("a call that waits, and another quota", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 1..=3, 0..=2), |(waiting, burst, more)| {
        let (busy, mut bound) = (Arc::new(Quota::new(PERIOD, 1)), Bound::new(PERIOD, 1));
        bound.drain(&busy);
        let call = |_| {
            let busy = Arc::clone(&busy);
            thread::spawn(move || busy.wait())
        };
        let calls: Vec<_> = (0..waiting).map(call).collect();
        settle();
        let (other, began) = (Quota::new(PERIOD, (burst + more) as u32), now());
        (0..burst).for_each(|_| other.wait());
        let took = now() - began;
        expect_took("`wait` returned", took, Duration::ZERO..=SOON, || {
            format!("calls wait for one quota, and `wait` took {took:?} for the free places of another one")
        });
        let taken = (0..more + 2).filter(|_| tried(&other).1).count();
        expect_eq("how many places another quota has left", taken, more);
        calls.into_iter().for_each(|call| drop(call.join()));
    });
}

/// On real threads too: a place takes ten seconds to become free.
fn a_new_quota_has_its_burst(check: &Check) {
    check.forall(input::pair(1..=6, 0..=9), |(burst, many)| {
        let burst = if many == 9 { burst * 100 } else { burst };
        let quota = Quota::new(PERIOD, burst as u32);
        let taken = (0..burst + 2).filter(|_| quota.try_take()).count();
        expect_eq("how many places a new quota has", taken, burst);
    });
}

/// The check moves the clock by any amount, and tries.
fn places_become_free_at_the_rate(check: &Check) {
    check.small("a try after every period and a half", (vec![18u64, 18, 18, 18], 2usize));
    check.forall(input::numbers_and(0..40, 1..=12, 1..=4), |(moves, burst)| {
        let (quota, mut bound) = (Quota::new(PERIOD, burst as u32), Bound::new(PERIOD, burst));
        bound.drain(&quota);
        for by in moves {
            pause(PERIOD * by as u32 / 12);
            bound.drain(&quota);
        }
    });
}

/// Periods that are no whole number of milliseconds, or of microseconds.
fn a_short_period_adds_up(check: &Check) {
    check.forall(input::triple(10..=60, 0..=5, 2..=5), |(number, length, burst)| {
        let period =
            Duration::from_nanos([1_400_000, 1_999_000, 33_333_000, 2_500_900_000, 19_900, 1_900][length]);
        let (quota, mut bound) = (Quota::new(period, burst as u32), Bound::new(period, burst));
        bound.drain(&quota);
        for _ in 0..number {
            pause(period * 3 / 4);
            bound.try_once(&quota);
        }
    });
}

fn a_waiting_call_returns_when_a_place_is_free(check: &Check) {
    check.small("2 calls that wait for a place", (2usize, 1usize, 2usize));
    // A part of the period has passed when they begin to wait.
    check.forall(input::triple(1..=5, 1..=3, 0..=15), |(calls, burst, which)| {
        let period =
            [PERIOD, Duration::from_nanos(1_999_999), Duration::from_millis(90_500), YEAR][which / 4];
        let (quota, mut bound) = (Arc::new(Quota::new(period, burst as u32)), Bound::new(period, burst));
        bound.drain(&quota);
        pause(period / 4 * (which % 4) as u32);
        let call = |_| {
            let quota = Arc::clone(&quota);
            thread::spawn(move || {
                let called = now();
                quota.wait();
                (called, now())
            })
        };
        let threads: Vec<_> = (0..calls).map(call).collect();
        let mut log = Vec::new();
        for thread in threads {
            let ended = thread.join();
            expect(ended.is_ok(), Kind::Panicked, || "`wait` panicked".into());
            log.extend(ended);
        }
        bound.took_all(log);
    });
}

fn a_free_place_is_taken_without_waiting(check: &Check) {
    check.forall(input::pair(1..=5, 0..=2), |(calls, more)| {
        let (quota, began) = (Quota::new(PERIOD, (calls + more) as u32), now());
        (0..calls).for_each(|_| quota.wait());
        expect_took("`wait` returned", now() - began, Duration::ZERO..=SOON, || {
            "`wait` waited, and a place was free".into()
        });
        let taken = (0..more + 2).filter(|_| quota.try_take()).count();
        expect_eq("how many places are left", taken, more);
    });
}

fn try_take_returns_at_once_while_calls_wait(check: &Check) {
    check.small("1 call that waits, and a try", (1usize, 1usize));
    check.forall(input::pair(1..=4, 1..=3), |(calls, burst)| {
        let (quota, mut bound) = (Arc::new(Quota::new(PERIOD, burst as u32)), Bound::new(PERIOD, burst));
        bound.drain(&quota);
        let call = |_| {
            let shared = Arc::clone(&quota);
            let thread = thread::spawn(move || shared.wait());
            settle();
            let (_, taken, _) = tried(&quota);
            expect(!taken, Kind::WrongAnswer, || "`try_take` took a place, and none was free".into());
            thread
        };
        let threads: Vec<_> = (0..calls).map(call).collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    });
}

fn zero_is_a_panic(check: &Check) {
    check.small("a burst of zero", 1usize);
    check.forall(input::number(0..=2), |which| {
        let made = catch(|| drop(Quota::new(PERIOD * u32::from(which != 0), u32::from(which != 1))));
        let (what, wanted) = (["the period", "the burst", "nothing"][which], which == 2);
        expect(made.is_ok() == wanted, Kind::WrongAnswer, || {
            let did = if wanted { "panicked" } else { "did not panic" };
            format!("`new` {did} when {what} was zero")
        });
        expect_eq("what `try_take` says of a new quota after that", Quota::new(PERIOD, 1).try_take(), true);
    });
}

fn bursts_and_periods_of_any_size_can_be_used(check: &Check) {
    const BURSTS: [u32; 4] = [1, 2, u32::MAX - 1, u32::MAX];
    const PERIODS: [Duration; 5] =
        [Duration::from_nanos(1), Duration::from_micros(900), PERIOD, Duration::from_millis(90_500), YEAR];
    check.forall(input::triple(0..=3, 0..=4, 0..=3), |(burst, period, silence)| {
        // The bucket fills in a year at most.
        let (burst, period) = (BURSTS[burst], PERIODS[period].min(YEAR / BURSTS[burst]));
        let used = catch(|| {
            let (quota, mut bound) = (Quota::new(period, burst), Bound::new(period, burst as usize));
            for silence in [Duration::ZERO, SILENCE[silence], SILENCE[(silence + 1) % 4], YEAR] {
                pause(silence);
                (0..3).for_each(|_| bound.try_once(&quota));
            }
            pause(YEAR + SOON);
            let called = now();
            quota.wait();
            bound.took(called, now());
        });
        expect(used.is_ok(), Kind::Panicked, || {
            format!("a call panicked, for a quota with one mail in {period:?} and a burst of {burst}")
        });
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::pair(1..=4, 1..=3), |(calls, burst)| {
        let quota = Arc::new(Quota::new(PERIOD, burst as u32));
        let call = |_| {
            let quota = Arc::clone(&quota);
            thread::spawn(move || (0..2).for_each(|_| quota.wait()))
        };
        let threads: Vec<_> = (0..calls).map(call).collect();
        settle();
        pause(PERIOD * 12);
        threads.into_iter().for_each(|thread| drop(thread.join()));
        every_thread_has_finished();
    });
}
