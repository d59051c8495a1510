//! The contract of README.md, a check or more for each clause.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use harness::{
    Check, Gate, Kind, Meter, Plain, catch, checks, expect, expect_eq, fail, input, now, panic_message,
};
use harness::{expect_in_time, pause, settle};
use own_lock::Lock;

checks! {
    1 => never_two_at_once;
    1 => two_locks_are_independent;
    1 => a_closure_may_use_another_lock;
    2 => each_closure_sees_what_the_last_one_did;
    2 => accesses_of_data_are_ordered;
    2 => a_try_orders_as_well;
    3 => with_returns_what_the_closure_returned;
    3 => a_try_of_a_held_lock_is_none simulated;
    3 => a_try_that_was_none_changes_nothing simulated;
    3 => a_try_in_a_closure_is_none;
    4 => a_panic_frees_the_lock;
    5 => a_free_lock_is_taken_soon simulated;
    5 => a_lock_may_be_held_for_long simulated;
    5 => waiting_calls_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);

fn never_two_at_once(check: &Check) {
    check.small("2 calls", (2usize, 1usize, 0usize));
    check.forall(input::triple(1..=4, 1..=3, 0..=1), |(threads, times, takes)| {
        let (lock, meter) = (Lock::new(), Meter::new());
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..times {
                        lock.with(|| {
                            let _inside = meter.enter();
                            meter.at_most(1, "closures");
                            pause(TICK * takes as u32);
                            meter.at_most(1, "closures");
                        });
                    }
                });
            }
        });
        expect_eq("the calls of `f`", meter.entered(), threads * times);
    });
}

fn two_locks_are_independent(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(holders, others)| {
        let (lock, other, gate) = (Lock::new(), Lock::default(), Gate::new());
        thread::scope(|scope| {
            for _ in 0..holders {
                scope.spawn(|| lock.with(|| gate.wait()));
            }
            for _ in 0..others {
                scope.spawn(|| other.with(|| ()));
            }
            expect_eq("the result of the other lock", other.with(|| 5), 5);
            gate.open();
        });
    });
}

fn a_closure_may_use_another_lock(check: &Check) {
    check.forall(input::pair(1..=3, 0..=2), |(threads, deep)| {
        let locks = [Lock::new(), Lock::new(), Lock::new()];
        let nested = |depth: usize| -> usize {
            fn go(locks: &[Lock], depth: usize) -> usize {
                locks[0].with(|| if depth == 0 { 1 } else { 1 + go(&locks[1..], depth - 1) })
            }
            go(&locks, depth)
        };
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| expect_eq("the result of calls within calls", nested(deep), deep + 1));
            }
        });
    });
}

fn each_closure_sees_what_the_last_one_did(check: &Check) {
    check.small("2 threads that add 1", (2usize, 1usize));
    check.forall(input::pair(1..=4, 1..=3), |(threads, times)| {
        let (lock, count) = (Lock::new(), AtomicU64::new(0));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..times {
                        lock.with(|| count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed));
                    }
                });
            }
        });
        expect_eq("the number to which each call added 1", count.into_inner(), (threads * times) as u64);
    });
}

fn accesses_of_data_are_ordered(check: &Check) {
    check.small("2 calls that access the data", (2usize, 1usize));
    check.forall(input::pair(1..=4, 1..=3), |(threads, times)| {
        let (lock, data) = (Arc::new(Lock::new()), Plain::new());
        thread::scope(|scope| {
            for i in 0..threads {
                let (lock, data) = (Arc::clone(&lock), data.clone());
                scope.spawn(move || {
                    for time in 0..times {
                        lock.with(|| if (i + time) % 2 == 0 { data.write() } else { data.read() });
                    }
                });
            }
        });
    });
}

fn a_try_orders_as_well(check: &Check) {
    check.small("a call and a try that access the data", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=3), |(threads, times)| {
        let (lock, data) = (Arc::new(Lock::new()), Plain::new());
        thread::scope(|scope| {
            for _ in 0..threads {
                let (lock, data) = (Arc::clone(&lock), data.clone());
                scope.spawn(move || {
                    for _ in 0..times {
                        let _ = lock.try_with(|| data.write());
                    }
                });
            }
            lock.with(|| data.write());
            let _ = lock.try_with(|| data.read());
        });
    });
}

/// Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Answer(usize);

fn with_returns_what_the_closure_returned(check: &Check) {
    check.forall(input::number(0..=9), |n| {
        let lock = Lock::new();
        let owned = Answer(n);
        expect_eq("what `with` returned", lock.with(move || owned), Answer(n));
        expect_eq("what `try_with` of a free lock returned", lock.try_with(|| Answer(n)), Some(Answer(n)));
        expect_eq("what it returned again", lock.try_with(|| Answer(n)), Some(Answer(n)));
    });
}

/// Calls `then` while another thread holds the lock, and lets it go on after that.
fn while_held(lock: &Lock, then: impl FnOnce()) {
    let gate = Gate::new();
    thread::scope(|scope| {
        scope.spawn(|| lock.with(|| gate.wait()));
        settle();
        then();
        gate.open();
    });
}

fn a_try_of_a_held_lock_is_none(check: &Check) {
    check.forall(input::number(1..=3), |times| {
        let lock = Lock::new();
        while_held(&lock, || {
            for _ in 0..times {
                let before = now();
                let got = lock
                    .try_with(|| fail(Kind::WrongAnswer, "`f` was called while another call held the lock"));
                expect_eq("what `try_with` of a held lock returned", got, None::<()>);
                let soon = SOON - Duration::from_nanos(1);
                expect_in_time("`try_with` returned", now(), Duration::ZERO..=before + soon, || {
                    "`try_with` waited for the lock".into()
                });
            }
        });
        expect_eq("what `try_with` returned when the lock was free again", lock.try_with(|| 3), Some(3));
    });
}

fn a_try_that_was_none_changes_nothing(check: &Check) {
    check.forall(input::pair(1..=3, 1..=2), |(tries, waiting)| {
        let (lock, meter) = (Lock::new(), Meter::new());
        thread::scope(|scope| {
            while_held(&lock, || {
                let _holder = meter.enter();
                for _ in 0..tries {
                    let _ = lock.try_with(|| ());
                }
                for _ in 0..waiting {
                    scope.spawn(|| {
                        lock.with(|| {
                            let _inside = meter.enter();
                            meter.at_most(1, "closures");
                        });
                    });
                }
                pause(3 * TICK);
                expect(meter.entered() == 1, Kind::WrongAnswer, || {
                    "a closure was called while another call held the lock, after a `try_with` that was `None`".into()
                });
            });
        });
    });
}

fn a_try_in_a_closure_is_none(check: &Check) {
    check.forall(input::number(1..=3), |times| {
        let lock = Lock::new();
        for _ in 0..times {
            let inner = lock.with(|| lock.try_with(|| 1));
            expect_eq("what `try_with` in the closure of the same lock returned", inner, None);
        }
        expect_eq("what `try_with` returned after that", lock.try_with(|| 2), Some(2));
    });
}

fn a_panic_frees_the_lock(check: &Check) {
    check.forall(input::pair(0..=3, 0..=1), |(how, tries)| {
        let lock = Lock::new();
        let panics = || -> usize {
            match how {
                0 => panic!("the check's"),
                1 => panic!("the check's {how}"),
                2 => std::panic::panic_any(how),
                _ => std::panic::resume_unwind(Box::new("the check's")),
            }
        };
        let outcome =
            catch(|| if tries == 1 { lock.try_with(panics).unwrap_or(0) } else { lock.with(panics) });
        let Err(payload) = outcome else { fail(Kind::SwallowedPanic, "`f` panicked, and the call returned") };
        let is_its_own = match how {
            2 => payload.downcast_ref::<usize>() == Some(&how),
            _ => panic_message(&*payload).is_some_and(|message| message.starts_with("the check's")),
        };
        expect(is_its_own, Kind::WrongAnswer, || "the payload of the panic is another one".into());
        expect_eq("what `try_with` returned after a panic", lock.try_with(|| 4), Some(4));
        expect_eq("what `with` returned after a panic", lock.with(|| 5), 5);
    });
}

fn a_free_lock_is_taken_soon(check: &Check) {
    check.forall(input::pair(0..=10, 1..=3), |(halves, waiting)| {
        let (lock, taken, held) = (Lock::new(), Meter::new(), TICK * halves as u32 / 2 + TICK);
        thread::scope(|scope| {
            scope.spawn(|| lock.with(|| pause(held)));
            settle();
            for _ in 0..waiting {
                scope.spawn(|| lock.with(|| drop(taken.enter())));
            }
            // All have had their turn by then, one after the other.
            pause(held + SOON * waiting as u32 + SOON);
            expect(taken.entered() == waiting, Kind::TooLate, || {
                format!("the lock was free, and {} of {waiting} waiting calls have taken it", taken.entered())
            });
        });
    });
}

fn a_lock_may_be_held_for_long(check: &Check) {
    check.forall(input::number(0..=3), |n| {
        let lock = Lock::new();
        let held = TICK * [1, 10, 15, 20][n];
        thread::scope(|scope| {
            scope.spawn(|| lock.with(|| pause(held)));
            settle();
            let before = now();
            lock.with(|| ());
            let free = before + held - SOON;
            expect_in_time("the other call took the lock", now(), free..=Duration::MAX, || {
                format!("a call held the lock for {held:?}, and another one took it before it was free")
            });
        });
    });
}

fn waiting_calls_do_not_spin(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(waiting, ticks)| {
        let lock = Lock::new();
        thread::scope(|scope| {
            scope.spawn(|| lock.with(|| pause(TICK * ticks as u32)));
            settle();
            for _ in 0..waiting {
                scope.spawn(|| lock.with(|| pause(TICK)));
            }
        });
    });
}
