//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use deadline::{Cancelled, Deadline, TimedOut, with_timeout};
use harness::{
    Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq, expect_took,
};
use harness::{fail, input, now, panic_message, pause, settle};

checks! {
    1 => the_result_comes_back;
    1 => the_work_is_called_once_on_another_thread;
    1 => a_result_is_returned_at_once simulated;
    1 => calls_at_the_same_time_are_independent;
    1 => a_hundred_late_calls_hold_up_no_other simulated;
    2 => a_slow_fallback_holds_up_no_other_call simulated;
    1 => a_call_in_a_call_is_a_call_like_any_other;
    2 => a_late_call_returns_its_fallback;
    2 => a_late_call_returns_at_the_limit simulated;
    2 => a_limit_may_have_any_length simulated;
    3 => a_late_result_reaches_no_later_call simulated;
    3 => a_late_result_is_dropped_on_its_thread;
    3 => everything_is_dropped_once;
    4 => the_work_learns_that_the_caller_has_given_up;
    4 => a_call_in_time_is_never_cancelled;
    4 => only_the_late_one_of_two_calls_is_cancelled;
    4 => of_several_steps_only_the_late_ones_are_cancelled;
    5 => a_panic_in_time_comes_out_with_its_payload;
    5 => a_panic_is_passed_on_at_once simulated;
    5 => a_late_panic_reaches_nobody;
    5 => a_panic_of_the_fallback_comes_out;
    6 => a_limit_of_zero_waits_for_nothing simulated;
    6 => the_longest_limit_is_a_limit;
    6 => at_the_limit_a_call_is_in_time_or_late simulated;
    7 => steps_in_time_return_their_results;
    7 => each_step_gets_what_is_left simulated;
    7 => time_between_the_steps_counts simulated;
    7 => after_the_deadline_no_step_begins;
    7 => a_late_step_is_cancelled_and_its_result_dropped;
    7 => a_step_that_panics_passes_it_on;
    7 => threads_share_a_deadline simulated;
    7 => what_is_left_counts_down_to_zero simulated;
    7 => the_documented_run simulated;
    8 => nothing_is_left_behind_by_a_call_in_time;
    8 => nothing_but_its_work_is_left_behind_by_a_late_call;
    8 => late_work_may_end_while_the_fallback_runs simulated;
    9 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// A limit that is never reached, on real threads neither.
const HOUR: Duration = Duration::from_hours(1);

type Work<R> = Box<dyn FnOnce(&Cancelled) -> R + Send>;

/// Compiled once for each type of result.
fn timed<R: Send + 'static>(
    limit: Duration,
    work: impl FnOnce(&Cancelled) -> R + Send + 'static,
    fallback: impl FnOnce() -> R,
) -> R {
    let (work, fallback): (Work<R>, Box<dyn FnOnce() -> R + '_>) = (Box::new(work), Box::new(fallback));
    with_timeout(limit, work, fallback)
}

fn step<R: Send + 'static>(
    deadline: &Deadline,
    work: impl FnOnce(&Cancelled) -> R + Send + 'static,
) -> Result<R, TimedOut> {
    let work: Work<R> = Box::new(work);
    deadline.call(work)
}

/// The fallback of a call that is in time.
fn never<R>() -> R {
    fail(Kind::WrongAnswer, "the work was in time, and the fallback was called")
}

/// Waits for what another thread will do. A program that never does it fails with what `what` says.
fn await_that(kind: Kind, what: &str, mut happened: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if happened() {
            return;
        }
        pause(TICK);
    }
    fail(kind, what);
}

/// How much virtual time the call takes.
fn took<R>(call: impl FnOnce() -> R) -> (Duration, R) {
    let before = now();
    let returned = call();
    (now() - before, returned)
}

/// Not before the limit, and soon after it.
fn at(limit: Duration, took: Duration, what: &str) {
    let verb = if took < limit { "gave up" } else { "returned" };
    expect_took("the call returned", took, limit..=limit + SOON, || {
        format!("{what} of {limit:?} {verb} after {took:?}")
    });
}

/// Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Answer(usize);

fn the_result_comes_back(check: &Check) {
    check.small("work that takes no time", 0usize);
    check.forall(input::number(0..=5), |n| {
        let got = timed(
            HOUR,
            move |_| {
                pause(TICK * n as u32);
                Answer(n)
            },
            never,
        );
        expect_eq("what the call returned", got, Answer(n));
        expect_eq("a text", timed(HOUR, move |_| n.to_string(), never), n.to_string());
        timed(HOUR, |_| (), never);
    });
}

fn the_work_is_called_once_on_another_thread(check: &Check) {
    check.forall(input::triple(0..=3, 0..=2, 0..=1), |(n, limit, by_deadline)| {
        let limit = [HOUR, 10 * HOUR, Duration::MAX][limit];
        let meter = Meter::new();
        let watched = meter.clone();
        let work = move |_: &Cancelled| {
            let _inside = watched.enter();
            pause(TICK * n as u32);
            thread::current().id()
        };
        let on = match by_deadline {
            0 => timed(limit, work, never),
            _ => step(&Deadline::after(limit), work)
                .unwrap_or_else(|_| fail(Kind::WrongAnswer, "a step in time returned `TimedOut`")),
        };
        expect(on != thread::current().id(), Kind::WrongAnswer, || {
            "the work was called on the caller's thread".into()
        });
        settle();
        expect_eq("how often the work was called", meter.entered(), 1);
    });
}

fn a_result_is_returned_at_once(check: &Check) {
    check.forall(input::pair(0..=40, 0..=1), |(n, long)| {
        let (takes, limit) = (TICK * n as u32 / 4, if long == 1 { Duration::MAX } else { 11 * TICK });
        let work = move |_: &Cancelled| {
            pause(takes);
            now()
        };
        let ended = timed(limit, work, never);
        let late = now() - ended;
        expect_took("the call returned", late, Duration::ZERO..=SOON, || {
            format!("the call returned {late:?} after its work had ended")
        });
    });
}

/// A call ends in time or late, with a result or a panic, and a fallback may panic too.
fn calls_at_the_same_time_are_independent(check: &Check) {
    check.forall(input::numbers(0..6, 1..=5), |ways| {
        let (gate, drops) = (Gate::new(), Drops::new());
        thread::scope(|scope| {
            for (i, way) in ways.into_iter().enumerate() {
                let (held, counted, drops) = (gate.clone(), drops.clone(), drops.clone());
                let work = move |_: &Cancelled| {
                    if way >= 3 {
                        held.wait();
                    }
                    pause(TICK * (i % 3) as u32);
                    if way == 2 || way == 4 { panic_with(i, &counted) } else { Answer(i) }
                };
                let call = move || match way {
                    0..3 => timed(HOUR, work, never),
                    5 => timed(TICK, work, || panic_with(i, &drops)),
                    _ => timed(TICK, work, || Answer(90 + i)),
                };
                scope.spawn(move || match (way, catch(call)) {
                    (5, Ok(_)) => fail(Kind::SwallowedPanic, "the fallback panicked, and the call returned"),
                    (2 | 5, outcome) => expect_payload(outcome, i),
                    (_, Ok(answer)) => {
                        expect_eq("one of several calls", answer, Answer(if way < 3 { i } else { 90 + i }))
                    }
                    (_, Err(_)) => fail(Kind::Panicked, "one of several calls got the panic of another one"),
                });
            }
        });
        gate.open();
        expect_eq("a call after them", timed(HOUR, |_| Answer(7), never), Answer(7));
    });
}

/// Each of them leaves a thread with its work.
fn a_hundred_late_calls_hold_up_no_other(check: &Check) {
    check.forall(input::number(101..=130), |late| {
        let (gate, short) = (Gate::new(), Duration::from_millis(1));
        for i in 0..late {
            let held = gate.clone();
            let work = move |_: &Cancelled| {
                held.wait();
                Answer(i)
            };
            expect_eq("a late call", timed(short, work, || Answer(1_000 + i)), Answer(1_000 + i));
        }
        let (took, answer) = took(|| timed(HOUR, |_| Answer(7), never));
        expect_eq("a call in time after many late ones", answer, Answer(7));
        expect_took("the call returned", took, Duration::ZERO..=SOON, || {
            format!("after {late} late calls, a call whose work takes no time took {took:?}")
        });
        gate.open();
    });
}

fn a_call_in_a_call_is_a_call_like_any_other(check: &Check) {
    check.forall(input::pair(0..=1, 0..=3), |(inner_is_late, n)| {
        let gate = Gate::new();
        let held = gate.clone();
        let work = move |_: &Cancelled| {
            let inner = move |_: &Cancelled| {
                if inner_is_late == 1 {
                    held.wait();
                }
                n
            };
            timed(if inner_is_late == 1 { TICK } else { HOUR }, inner, || 90)
        };
        let wanted = if inner_is_late == 1 { 90 } else { n };
        expect_eq("the result of a call in a call", timed(HOUR, work, || 91), wanted);
        gate.open();
    });
}

fn a_late_call_returns_its_fallback(check: &Check) {
    check.small("work that does not end", 0usize);
    check.forall(input::number(0..=3), |n| {
        let (gate, called) = (Gate::new(), AtomicUsize::new(0));
        let held = gate.clone();
        let work = move |_: &Cancelled| {
            held.wait();
            Answer(n)
        };
        let caller = thread::current().id();
        let fallback = || {
            called.fetch_add(1, Ordering::SeqCst);
            let same = thread::current().id() == caller;
            expect(same, Kind::WrongAnswer, || {
                "the fallback was called on a thread that is not the caller's".into()
            });
            Answer(90 + n)
        };
        expect_eq("what a late call returned", timed(TICK, work, fallback), Answer(90 + n));
        expect_eq("how often the fallback was called", called.load(Ordering::SeqCst), 1);
        gate.open();
    });
}

fn a_late_call_returns_at_the_limit(check: &Check) {
    check.forall(input::triple(0..=40, 0..=2, 0..=1), |(quarters, late, looks)| {
        let limit = TICK * quarters as u32 / 4;
        // It ends some time after the limit, or long after it, or never.
        let work = move |cancelled: &Cancelled| {
            pause(limit);
            while looks == 1 && !cancelled.is_set() {
                pause(TICK);
            }
            pause([TICK, 1_000 * HOUR, Duration::from_hours(100_000)][late]);
            Answer(0)
        };
        let (took, answer) = took(|| timed(limit, work, || Answer(1)));
        expect_eq("what a late call returned", answer, Answer(1));
        at(limit, took, "a call with a limit");
    });
}

/// Parts of a millisecond count, and so does a second.
const LIMITS: [Duration; 6] = [
    Duration::from_nanos(1),
    Duration::from_micros(900),
    Duration::from_micros(2_500),
    Duration::from_nanos(7_000_001),
    Duration::from_millis(1_250),
    Duration::from_nanos(20_500_000_999),
];

fn a_limit_may_have_any_length(check: &Check) {
    check.forall(input::pair(0..=5, 0..=1), |(which, by_deadline)| {
        let limit = LIMITS[which];
        let work = |_: &Cancelled| {
            pause(1_000 * HOUR);
            Answer(0)
        };
        let before = now();
        let answer = match by_deadline {
            0 => timed(limit, work, || Answer(1)),
            _ => step(&Deadline::after(limit), work).unwrap_or(Answer(1)),
        };
        expect_eq("what a late call returned", answer, Answer(1));
        at(limit, now() - before, "a call with a limit");
    });
}

/// It waits at a gate, while others call.
fn a_slow_fallback_holds_up_no_other_call(check: &Check) {
    check.forall(input::triple(1..=3, 0..=2, 0..=1), |(slow, late, ticks)| {
        let (gate, ended) = (Gate::new(), Gate::new());
        thread::scope(|scope| {
            for i in 0..slow {
                let (gate, held) = (gate.clone(), ended.clone());
                let work = move |_: &Cancelled| {
                    held.wait();
                    Answer(i)
                };
                let fallback = move || {
                    gate.wait();
                    Answer(90 + i)
                };
                scope.spawn(move || expect_eq("a late call", timed(TICK, work, fallback), Answer(90 + i)));
            }
            pause(2 * TICK);
            let takes = TICK * ticks as u32;
            let (took_it, answer) = took(|| {
                timed(
                    HOUR,
                    move |_| {
                        pause(takes);
                        Answer(7)
                    },
                    never,
                )
            });
            expect_eq("a call beside a slow fallback", answer, Answer(7));
            expect_took("the call returned", took_it, Duration::ZERO..=takes + SOON, || {
                format!("beside a slow fallback, a call whose work takes {takes:?} took {took_it:?}")
            });
            for _ in 0..late {
                let held = ended.clone();
                let (took_it, ()) = took(|| timed(TICK, move |_| held.wait(), || ()));
                at(TICK, took_it, "beside a slow fallback, a call with a limit");
            }
            ended.open();
            gate.open();
        });
    });
}

/// The calls last half a tick, or longer by whole ticks. Two ticks is the limit of each of them.
fn a_late_result_reaches_no_later_call(check: &Check) {
    check.small("a late call and a call after it", vec![3u64, 0]);
    check.forall(input::numbers(0..6, 1..=5), |numbers| {
        for (i, n) in numbers.into_iter().enumerate() {
            let work = move |_: &Cancelled| {
                pause(TICK * n as u32 + TICK / 2);
                (i, "the work")
            };
            let wanted = (i, if n < 2 { "the work" } else { "the fallback" });
            expect_eq(
                "the number of the call, and who answered",
                timed(2 * TICK, work, || (i, "the fallback")),
                wanted,
            );
        }
    });
}

/// Notes the thread on which it is dropped.
#[derive(Debug)]
struct Noted(Arc<Mutex<Vec<ThreadId>>>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(thread::current().id());
    }
}

fn a_late_result_is_dropped_on_its_thread(check: &Check) {
    check.small("a late call", (1usize, 0usize));
    // The work ends after the calls, or while the fallback of the last one runs.
    check.forall(input::pair(1..=3, 0..=1), |(calls, in_fallback)| {
        let (gate, made, dropped) = (Gate::new(), Arc::<Mutex<Vec<ThreadId>>>::default(), Arc::default());
        for call in 1..=calls {
            let (held, made, note) = (gate.clone(), Arc::clone(&made), Arc::clone(&dropped));
            let work = move |_: &Cancelled| {
                held.wait();
                made.lock().unwrap().push(thread::current().id());
                Some(Noted(note))
            };
            let fallback = || {
                if in_fallback == 1 && call == calls {
                    gate.open();
                    pause(TICK);
                    settle();
                }
                None
            };
            let got = timed(TICK, work, fallback);
            expect(got.is_none(), Kind::WrongAnswer, || "a late call returned the result of its work".into());
        }
        gate.open();
        let all = || dropped.lock().unwrap().len() == calls;
        await_that(
            Kind::WrongAnswer,
            "the work of a late call has ended, and its result is not dropped",
            all,
        );
        let sorted = |ids: &Mutex<Vec<ThreadId>>| {
            let mut ids: Vec<_> = ids.lock().unwrap().iter().map(|id| format!("{id:?}")).collect();
            ids.sort();
            ids
        };
        expect_eq("the threads that dropped late results", sorted(&dropped), sorted(&made));
    });
}

fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers(0..4, 1..=4), |numbers| {
        let (drops, gate) = (Drops::new(), Gate::new());
        for n in &numbers {
            let (n, held, captured, returned) = (*n, gate.clone(), drops.token(), drops.token());
            // In time or late, with a result or a panic.
            let work = move |_: &Cancelled| {
                let _captured = captured;
                if n % 2 == 1 {
                    held.wait();
                }
                if n >= 2 {
                    panic_any(returned);
                }
                Some(returned)
            };
            let limit = if n % 2 == 1 { TICK } else { HOUR };
            drop(catch(|| timed(limit, work, || None)));
        }
        gate.open();
        await_that(
            Kind::WrongAnswer,
            "all calls are over, and some of what they owned is not dropped",
            || drops.alive() == 0,
        );
    });
}

/// Where work leaves a clone of its `Cancelled`.
type Left = Arc<Mutex<Option<Cancelled>>>;

fn left(left: &Left) -> Option<bool> {
    let cancelled = left.lock().unwrap().clone();
    cancelled.map(|cancelled| cancelled.is_set())
}

fn the_work_learns_that_the_caller_has_given_up(check: &Check) {
    check.small("a late call", 0usize);
    check.forall(input::number(0..=1), |looks| {
        let (kept, ended) = (Left::default(), Gate::new());
        let (own, end) = (Arc::clone(&kept), ended.clone());
        let work = move |cancelled: &Cancelled| {
            let before = cancelled.is_set();
            *own.lock().unwrap() = Some(cancelled.clone());
            while looks == 1 && !cancelled.is_set() {
                pause(TICK);
            }
            end.wait();
            before
        };
        let fallback = || {
            let said = left(&kept);
            // A thread that has not run yet has left nothing.
            expect(said != Some(false), Kind::WrongAnswer, || {
                "the fallback runs, and `is_set` of the work still says `false`".into()
            });
            true
        };
        timed(TICK, work, fallback);
        await_that(Kind::WrongAnswer, "the caller has given up, and `is_set` says `false`", || {
            left(&kept) == Some(true)
        });
        ended.open();
        settle();
        expect_eq("`is_set` of a clone when the late work has ended", left(&kept), Some(true));
    });
}

fn a_call_in_time_is_never_cancelled(check: &Check) {
    check.small("a call in time", (0usize, 0usize));
    check.forall(input::pair(0..=3, 0..=1), |(n, panics)| {
        let kept = Left::default();
        let own = Arc::clone(&kept);
        let work = move |cancelled: &Cancelled| {
            *own.lock().unwrap() = Some(cancelled.clone());
            pause(TICK * n as u32);
            let said = cancelled.is_set();
            assert!(panics == 0, "the check makes it panic");
            said
        };
        if let Ok(said) = catch(|| timed(HOUR, work, never)) {
            expect_eq("`is_set` while the caller waits", said, false);
        }
        pause(TICK);
        expect_eq("`is_set` of a clone after a call in time", left(&kept), Some(false));
    });
}

fn only_the_late_one_of_two_calls_is_cancelled(check: &Check) {
    check.forall(input::number(0..=1), |reversed| {
        let (gate, late, other) = (Gate::new(), Left::default(), Left::default());
        let leave = |kept: &Left, held: Option<Gate>| {
            let kept = Arc::clone(kept);
            move |cancelled: &Cancelled| {
                *kept.lock().unwrap() = Some(cancelled.clone());
                if let Some(gate) = held {
                    gate.wait();
                }
            }
        };
        if reversed == 1 {
            timed(HOUR, leave(&other, None), never);
        }
        timed(TICK, leave(&late, Some(gate.clone())), || ());
        if reversed == 0 {
            timed(HOUR, leave(&other, None), never);
        }
        expect_eq("`is_set` of the call in time", left(&other), Some(false));
        await_that(Kind::WrongAnswer, "`is_set` of the late call says `false`", || left(&late) == Some(true));
        gate.open();
    });
}

/// Steps of one deadline: some after each other in time, then some at once of which the first ones are in time.
fn of_several_steps_only_the_late_ones_are_cancelled(check: &Check) {
    check.small("a step in time, and one that is late", (1usize, 0usize, 1usize));
    check.forall(input::triple(0..=3, 0..=2, 1..=2), |(before, beside, late)| {
        let (gate, deadline) = (Gate::new(), Deadline::after(3 * TICK));
        let kept: Vec<Left> = (0..before + beside + late).map(|_| Left::default()).collect();
        let run = |number: usize| {
            let (own, held) = (Arc::clone(&kept[number]), gate.clone());
            let outcome = step(&deadline, move |cancelled: &Cancelled| {
                *own.lock().unwrap() = Some(cancelled.clone());
                if number >= before + beside {
                    held.wait();
                }
            });
            expect_eq("whether a step was in time", outcome.is_ok(), number < before + beside);
        };
        (0..before).for_each(run);
        thread::scope(|scope| {
            for number in before..kept.len() {
                let run = &run;
                scope.spawn(move || run(number));
            }
        });
        for (number, kept) in kept.iter().enumerate() {
            if number < before + beside {
                expect_eq("`is_set` of a step in time", left(kept), Some(false));
            } else {
                await_that(Kind::WrongAnswer, "`is_set` of a late step says `false`", || {
                    left(kept) == Some(true)
                });
            }
        }
        gate.open();
    });
}

/// A value whose drop is counted.
type Token = Box<dyn Any + Send>;

fn token(drops: &Drops) -> Token {
    Box::new(drops.token())
}

/// Panics in one of three ways.
fn panic_with(n: usize, drops: &Drops) -> ! {
    match n % 3 {
        0 => panic!("no number in it"),
        1 => panic!("a {n} in it"),
        _ => panic_any((token(drops), n)),
    }
}

/// Whether this is the payload of [`panic_with`].
fn is_payload(payload: &(dyn Any + Send), n: usize) -> bool {
    match n % 3 {
        0 => payload.downcast_ref::<&str>() == Some(&"no number in it"),
        1 => payload.downcast_ref::<String>().is_some_and(|text| *text == format!("a {n} in it")),
        _ => payload.downcast_ref::<(Token, usize)>().is_some_and(|(_, number)| *number == n),
    }
}

fn expect_payload<R>(outcome: Result<R, Box<dyn Any + Send>>, n: usize) {
    match outcome {
        Ok(_) => fail(Kind::SwallowedPanic, "the work panicked in time, and the call returned"),
        Err(payload) => expect(is_payload(&*payload, n), Kind::WrongAnswer, || {
            let said = panic_message(&*payload).unwrap_or("no text");
            format!("the call panicked with another payload than its work: {said}")
        }),
    }
}

fn a_panic_in_time_comes_out_with_its_payload(check: &Check) {
    check.small("work that panics", (0usize, 0usize));
    check.forall(input::pair(0..=5, 0..=2), |(n, ticks)| {
        let drops = Drops::new();
        let counted = drops.clone();
        let work = move |_: &Cancelled| -> Answer {
            pause(TICK * ticks as u32);
            panic_with(n, &counted)
        };
        let fallback =
            || fail(Kind::SwallowedPanic, "the work panicked in time, and the fallback was called");
        expect_payload(catch(|| timed(HOUR, work, fallback)), n);
        await_that(Kind::WrongAnswer, "the payload of a panic is not dropped", || drops.alive() == 0);
    });
}

fn a_panic_is_passed_on_at_once(check: &Check) {
    check.forall(input::number(0..=20), |n| {
        let takes = TICK * n as u32 / 2;
        let work = move |_: &Cancelled| {
            pause(takes);
            panic!("the check makes it panic")
        };
        let (took, outcome) = took(|| catch(|| timed(HOUR, work, || ())));
        expect(outcome.is_err(), Kind::SwallowedPanic, || {
            "the work panicked in time, and the call returned".into()
        });
        expect_took("the call returned", took, Duration::ZERO..=takes + SOON, || {
            format!("the work panicked after {takes:?}, and the call ended after {took:?}")
        });
    });
}

fn a_late_panic_reaches_nobody(check: &Check) {
    check.small("work that panics late", 0usize);
    check.forall(input::number(0..=5), |n| {
        let (gate, drops) = (Gate::new(), Drops::new());
        let (held, counted) = (gate.clone(), drops.clone());
        let work = move |_: &Cancelled| -> Answer {
            held.wait();
            panic_with(n, &counted)
        };
        let outcome = catch(|| timed(TICK, work, || Answer(1)));
        expect(outcome.is_ok_and(|answer| answer == Answer(1)), Kind::Panicked, || {
            "a late call panicked".into()
        });
        gate.open();
        let outcome = catch(|| timed(HOUR, |_| Answer(2), never));
        expect(outcome.is_ok_and(|answer| answer == Answer(2)), Kind::WrongAnswer, || {
            "a call got the panic of an earlier call, which was late".into()
        });
        await_that(Kind::WrongAnswer, "the payload of a late panic is not dropped", || drops.alive() == 0);
    });
}

fn a_panic_of_the_fallback_comes_out(check: &Check) {
    check.forall(input::number(0..=5), |n| {
        let (gate, drops) = (Gate::new(), Drops::new());
        let held = gate.clone();
        let work = move |_: &Cancelled| held.wait();
        match catch(|| timed(TICK, work, || panic_with(n, &drops))) {
            Ok(()) => fail(Kind::SwallowedPanic, "the fallback panicked, and the call returned"),
            Err(payload) => expect(is_payload(&*payload, n), Kind::WrongAnswer, || {
                "the call panicked with another payload than its fallback".into()
            }),
        }
        gate.open();
        expect_eq("a call after that", timed(HOUR, |_| Answer(2), never), Answer(2));
    });
}

fn a_limit_of_zero_waits_for_nothing(check: &Check) {
    check.small("a limit of zero", 1usize);
    check.forall(input::number(0..=1), |waits| {
        let (gate, called) = (Gate::new(), AtomicUsize::new(0));
        let held = gate.clone();
        let work = move |_: &Cancelled| {
            if waits == 1 {
                held.wait();
            }
            Answer(0)
        };
        let fallback = || {
            called.fetch_add(1, Ordering::SeqCst);
            Answer(1)
        };
        let (took, answer) = took(|| timed(Duration::ZERO, work, fallback));
        expect_eq(
            "how often the fallback was called, and who answered",
            called.load(Ordering::SeqCst),
            answer.0,
        );
        expect_took("the call returned", took, Duration::ZERO..=SOON, || {
            format!("with a limit of zero the call took {took:?}")
        });
        gate.open();
    });
}

fn the_longest_limit_is_a_limit(check: &Check) {
    check.forall(input::longest_and_two(0..=4, 0..=1), |(limit, n, by_deadline)| {
        let work = move |_: &Cancelled| {
            // Longer than any limit that somebody would put in the place of no limit, and not too long for a poll.
            pause(Duration::from_secs(5) * n as u32 * u32::from(n > 2) + TICK);
            Answer(n)
        };
        let call = || match by_deadline {
            0 => timed(limit, work, never),
            _ => step(&Deadline::after(limit), work).unwrap_or(Answer(99)),
        };
        match catch(call) {
            Ok(answer) => expect_eq("the result with a very long limit", answer, Answer(n)),
            Err(_) => fail(Kind::Panicked, format!("with a limit of {limit:?} the call panicked")),
        }
    });
}

/// The work ends at the limit, or a little before or after it.
fn at_the_limit_a_call_is_in_time_or_late(check: &Check) {
    check.small("work that ends at the limit", 2usize);
    check.forall(input::number(0..=4), |n| {
        let (called, kept) = (AtomicUsize::new(0), Left::default());
        let own = Arc::clone(&kept);
        let work = move |cancelled: &Cancelled| {
            *own.lock().unwrap() = Some(cancelled.clone());
            pause(TICK - Duration::from_millis(2) + Duration::from_millis(1) * n as u32);
            Answer(0)
        };
        let fallback = || {
            called.fetch_add(1, Ordering::SeqCst);
            Answer(1)
        };
        let answer = timed(TICK, work, fallback);
        let calls = called.load(Ordering::SeqCst);
        expect_eq("how often the fallback was called, and who answered", calls, answer.0);
        expect_eq("whether the call was cancelled", left(&kept), Some(calls == 1));
        pause(TICK);
        expect_eq("whether the call was cancelled, a while later", left(&kept), Some(calls == 1));
    });
}

fn steps_in_time_return_their_results(check: &Check) {
    check.small("2 steps", (vec![0u64, 1], 0usize));
    check.forall(input::numbers_and(0..4, 0..=5, 0..=1), |(numbers, long)| {
        let deadline = Deadline::after(if long == 1 { Duration::MAX } else { HOUR });
        for n in numbers {
            let (meter, caller) = (Meter::new(), thread::current().id());
            let watched = meter.clone();
            let work = move |_: &Cancelled| {
                let _inside = watched.enter();
                pause(TICK * n as u32);
                (Answer(n as usize), thread::current().id() == caller)
            };
            expect_eq(
                "a step, and whether the caller ran it",
                step(&deadline, work),
                Ok((Answer(n as usize), false)),
            );
            expect_eq("how often the step was called", meter.entered(), 1);
        }
    });
}

/// Steps of half a tick and of whole ticks, one after the other. They have five ticks.
fn each_step_gets_what_is_left(check: &Check) {
    check.small("a step of 3 and a step of 4 ticks", vec![3u64, 4]);
    check.forall(input::numbers(1..7, 1..=5), |numbers| {
        let (limit, before) = (5 * TICK, now());
        let deadline = Deadline::after(limit);
        // Two steps that end close to the deadline may be either.
        let mut used = 0;
        for n in numbers {
            let took = TICK * n as u32 - TICK / 2;
            used += 2 * n - 1;
            let outcome = step(&deadline, move |_| {
                pause(took);
                Answer(n as usize)
            });
            let since = now() - before;
            match used {
                0..10 => {
                    if outcome.is_err() {
                        let at_last = limit..=Duration::MAX;
                        expect_took("the step gave up", since, at_last, || {
                            format!("of {limit:?}, a step gave up after {since:?}")
                        });
                    }
                    expect_eq("a step in time", outcome, Ok(Answer(n as usize)));
                }
                10 => return,
                _ => {
                    expect_took("the step returned", since, Duration::ZERO..=limit + SOON, || {
                        format!("of a deadline after {limit:?}, a step returned after {since:?}")
                    });
                    expect_eq("a step that was late", outcome, Err(TimedOut));
                    expect_took("the step gave up", since, limit..=limit + SOON, || {
                        format!("of {limit:?}, a step gave up after {since:?}")
                    });
                }
            }
        }
    });
}

/// The caller does something else between its steps.
fn time_between_the_steps_counts(check: &Check) {
    check.forall(input::pair(0..=3, 1..=3), |(first, between)| {
        let (limit, before) = (8 * TICK, now());
        let deadline = Deadline::after(limit);
        let _ = step(&deadline, move |_| pause(TICK * first as u32));
        pause(TICK * between as u32);
        let outcome = step(&deadline, move |_| pause(HOUR));
        let since = now() - before;
        expect_eq("a step that was late", outcome, Err(TimedOut));
        let verb = if since < limit { "gave up" } else { "returned" };
        expect_took("the step returned", since, limit..=limit + SOON, || {
            format!("of a deadline after {limit:?}, a step {verb} after {since:?}")
        });
    });
}

fn after_the_deadline_no_step_begins(check: &Check) {
    check.small("a step after the deadline", (1usize, 0usize));
    check.forall(input::pair(1..=3, 0..=1), |(steps, zero)| {
        let (gate, meter, drops) = (Gate::new(), Meter::new(), Drops::new());
        let deadline = Deadline::after(if zero == 1 { Duration::ZERO } else { TICK });
        let held = gate.clone();
        expect_eq("a step that does not end", step(&deadline, move |_| held.wait()), Err(TimedOut));
        for _ in 0..steps {
            let (watched, token, before) = (meter.clone(), drops.token(), now());
            let outcome = step(&deadline, move |_| {
                let _captured = token;
                drop(watched.enter());
            });
            let took = now() - before;
            expect_eq("a step after the deadline", outcome, Err(TimedOut));
            expect_took("the step returned", took, Duration::ZERO..=SOON, || {
                format!("a step after the deadline took {took:?}")
            });
            expect_eq("how many steps that never begin are kept when `call` returns", drops.alive(), 0);
            settle();
            expect_eq("how many steps began after the deadline", meter.entered(), 0);
        }
        gate.open();
    });
}

fn a_late_step_is_cancelled_and_its_result_dropped(check: &Check) {
    check.forall(input::number(0..=2), |panics| {
        let (gate, kept, drops, deadline) =
            (Gate::new(), Left::default(), Drops::new(), Deadline::after(TICK));
        let (held, own, counted, token) = (gate.clone(), Arc::clone(&kept), drops.clone(), drops.token());
        let work = move |cancelled: &Cancelled| {
            *own.lock().unwrap() = Some(cancelled.clone());
            held.wait();
            if panics > 0 {
                panic_with(panics, &counted);
            }
            token
        };
        match catch(|| step(&deadline, work)) {
            Ok(outcome) => expect_eq("whether a late step returned", outcome.is_ok(), false),
            Err(_) => fail(Kind::Panicked, "a late step panicked"),
        }
        await_that(Kind::WrongAnswer, "the step is late, and `is_set` says `false`", || {
            left(&kept) == Some(true)
        });
        gate.open();
        await_that(Kind::WrongAnswer, "what a late step owned is not dropped", || drops.alive() == 0);
        expect_eq("a later call", timed(HOUR, |_| Answer(5), never), Answer(5));
    });
}

fn a_step_that_panics_passes_it_on(check: &Check) {
    check.forall(input::number(0..=5), |n| {
        let (drops, deadline, kept) = (Drops::new(), Deadline::after(HOUR), Left::default());
        let (counted, own) = (drops.clone(), Arc::clone(&kept));
        let work = move |cancelled: &Cancelled| -> Answer {
            *own.lock().unwrap() = Some(cancelled.clone());
            panic_with(n, &counted)
        };
        expect_payload(catch(|| step(&deadline, work)), n);
        expect_eq("a step after one that panicked", step(&deadline, |_| Answer(1)), Ok(Answer(1)));
        expect_eq("`is_set` of a step that panicked in time", left(&kept), Some(false));
    });
}

fn threads_share_a_deadline(check: &Check) {
    check.forall(input::numbers(0..8, 1..=3), |numbers| {
        let (limit, before) = (4 * TICK, now());
        let deadline = Deadline::after(limit);
        thread::scope(|scope| {
            for n in numbers {
                let deadline = &deadline;
                scope.spawn(move || {
                    let outcome = step(deadline, move |_| {
                        pause(TICK * n as u32 + TICK / 2);
                        Answer(n as usize)
                    });
                    let since = now() - before;
                    let wanted = if n < 4 { Ok(Answer(n as usize)) } else { Err(TimedOut) };
                    expect_eq("one of several steps at once", outcome, wanted);
                    let end = limit.min(TICK * n as u32 + TICK / 2);
                    expect_took("the step returned", since, Duration::ZERO..=end + SOON, || {
                        format!("one of several steps at once should return after {end:?}, and returned after {since:?}")
                    });
                });
            }
        });
    });
}

fn what_is_left_counts_down_to_zero(check: &Check) {
    check.forall(input::pair(0..=6, 0..=6), |(limit, waits)| {
        let (limit, waits, before) = (TICK * limit as u32, TICK * waits as u32, now());
        let deadline = Deadline::after(limit);
        pause(waits);
        let (left, since) = (deadline.left(), now() - before);
        let least = limit.saturating_sub(since);
        expect(left >= least, Kind::WrongAnswer, || {
            format!("of {limit:?}, {left:?} are left after {since:?}")
        });
        expect(left <= limit.saturating_sub(waits), Kind::WrongAnswer, || {
            format!("of {limit:?}, {left:?} are left after {waits:?}")
        });
        let endless = catch(|| Deadline::after(Duration::MAX).left());
        expect(endless.is_ok_and(|left| left > 1_000 * HOUR), Kind::WrongAnswer, || {
            "of `Duration::MAX`, little is left at once".into()
        });
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let mut lines = Vec::new();
        for (station, takes, degrees) in [("near", 1, 21), ("far", 20, 17)] {
            let before = now();
            let ask = move |_: &Cancelled| {
                pause(TICK * takes);
                format!("{degrees} degrees")
            };
            let report = timed(3 * TICK, ask, || "18 degrees yesterday".to_owned());
            lines.push(format!("{station}: {report}, after {:.1} s", (now() - before).as_secs_f64()));
        }
        let (before, deadline) = (now(), Deadline::after(5 * TICK));
        for name in ["flight", "hotel", "car", "insurance"] {
            let said = match step(&deadline, |_| pause(2 * TICK)) {
                Ok(()) => "booked",
                Err(TimedOut) => "out of time",
            };
            lines.push(format!("{name}: {said}, after {:.1} s", (now() - before).as_secs_f64()));
        }
        lines.join("\n")
    });
}

fn nothing_is_left_behind_by_a_call_in_time(check: &Check) {
    check.small("a call in time", (0usize, 0usize));
    check.forall(input::pair(0..=3, 0..=3), |(n, way)| {
        let work = move |_: &Cancelled| {
            pause(TICK * n as u32);
            assert!(way % 2 == 0, "the check makes it panic");
        };
        let _ = catch(|| match way {
            0 | 1 => timed(HOUR, work, || ()),
            _ => step(&Deadline::after(HOUR), work).unwrap_or_default(),
        });
        every_thread_has_finished();
    });
}

fn nothing_but_its_work_is_left_behind_by_a_late_call(check: &Check) {
    check.small("a late call", (1usize, 0usize));
    check.forall(input::pair(1..=3, 0..=1), |(calls, by_deadline)| {
        let (gate, meter) = (Gate::new(), Meter::new());
        for _ in 0..calls {
            let (held, watched) = (gate.clone(), meter.clone());
            let work = move |_: &Cancelled| {
                let _inside = watched.enter();
                held.wait();
            };
            match by_deadline {
                0 => timed(TICK, work, || ()),
                _ => step(&Deadline::after(TICK), work).unwrap_or_default(),
            }
        }
        await_that(Kind::WrongAnswer, "the work of a late call was not called", || meter.inside() == calls);
        gate.open();
        await_that(Kind::LeakedThread, "the work of a late call does not end", || meter.inside() == 0);
        every_thread_has_finished();
    });
}

/// The thread of the work is over before the fallback is.
fn late_work_may_end_while_the_fallback_runs(check: &Check) {
    check.small("a late call", (0usize, 0usize));
    check.forall(input::pair(0..=2, 0..=1), |(n, panics)| {
        let gate = Gate::new();
        let held = gate.clone();
        let work = move |_: &Cancelled| {
            held.wait();
            assert!(panics == 0, "the check makes it panic");
        };
        timed(TICK, work, || {
            pause(TICK * n as u32);
            gate.open();
            every_thread_has_finished();
        });
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers(0..6, 1..=3), |numbers| {
        let deadline = Deadline::after(6 * TICK);
        for n in numbers {
            let work = move |_: &Cancelled| pause(TICK * n as u32 + TICK / 2);
            timed(3 * TICK, work, || ());
            let _ = step(&deadline, work);
        }
    });
}
