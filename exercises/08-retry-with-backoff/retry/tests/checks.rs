//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::panic_any;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_time, fail, input, now, panic_message, pause, settle};
use retry::{Failure, Policy, RetryError, Stop, retry, seeded};

checks! {
    1 => attempts_are_made_until_the_first_success_or_the_last;
    1 => the_last_error_comes_back;
    1 => nobody_sleeps_after_the_last_attempt simulated;
    1 => no_attempts_is_a_panic;
    1 => any_number_of_attempts_can_be_allowed;
    2 => each_wait_is_twice_the_one_before_up_to_the_cap simulated;
    2 => waits_of_any_size_can_be_calculated simulated;
    2 => any_number_of_attempts_waits_for_the_cap simulated;
    2 => a_wait_may_be_zero;
    3 => each_wait_takes_one_draw;
    3 => the_sleep_is_between_half_the_wait_and_the_wait simulated;
    3 => it_sleeps_as_long_as_it_says simulated;
    3 => each_retry_is_told_before_its_sleep simulated;
    3 => a_sleep_begins_when_the_retry_has_been_told simulated;
    3 => the_documented_run simulated;
    4 => a_permanent_error_is_returned_at_once simulated;
    4 => a_panic_leaves_at_once_with_its_payload;
    4 => a_panic_costs_the_stop_nothing simulated;
    5 => no_sleep_ends_after_the_deadline simulated;
    5 => the_deadline_counts_from_the_call simulated;
    5 => the_time_of_the_draw_counts simulated;
    5 => an_attempt_after_the_deadline_still_counts simulated;
    5 => a_limit_of_zero_has_one_attempt;
    5 => no_limit_is_too_long;
    6 => a_stop_ends_a_sleep_at_once simulated;
    6 => a_stop_at_any_moment_is_seen simulated;
    6 => a_stop_before_the_call_leaves_one_attempt simulated;
    6 => a_stop_during_an_attempt_lets_it_end simulated;
    6 => a_stop_before_a_wait_of_zero_is_seen;
    6 => a_stop_is_for_good;
    7 => callers_share_a_source_and_sleep_at_the_same_time simulated;
    7 => one_stop_wakes_all_callers simulated;
    7 => stop_and_is_stopped_return_at_once simulated;
    7 => a_slow_callback_holds_up_nobody_else simulated;
    7 => a_stop_from_inside_is_seen simulated;
    7 => another_stop_is_independent simulated;
    7 => a_retry_inside_a_retry simulated;
    8 => each_error_is_dropped_once;
    8 => nothing_is_left_behind simulated;
    9 => sleeping_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
const HOUR: Duration = Duration::from_hours(1);
/// Long beside everything that is promised at once, and short enough for a program that looks every few milliseconds: it
/// should be told that it is late.
const LONG: Duration = Duration::from_secs(5);
/// Long enough for every check that is about something else.
const YEARS: Duration = Duration::from_hours(24 * 365 * 50);

/// On real threads, where nobody looks at the clock, nobody has to wait either.
const SHORT: Policy =
    Policy { attempts: 5, base: Duration::from_micros(10), cap: Duration::from_micros(40), limit: YEARS };

/// A panic's payload that is no text.
#[derive(Debug, PartialEq)]
struct Odd(usize);

type Told = (usize, Duration);
type Ended = Result<usize, RetryError<usize>>;

/// Compiled once, whatever the operation is. The error of an attempt is its number, counted from 1.
fn call(
    policy: &Policy,
    jitter: &dyn Fn() -> f64,
    stop: &Stop,
    on_retry: &mut dyn FnMut(usize, Duration),
    operation: &mut dyn FnMut() -> Result<usize, Failure<usize>>,
) -> Ended {
    match catch(|| retry(policy, jitter, stop, |error, sleep| on_retry(*error, sleep), operation)) {
        Ok(ended) => ended,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(Kind::Panicked, format!("`retry` panicked with {message:?}, and no operation did"))
        }
    }
}

/// What an attempt does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Succeeds,
    Fails,
    FailsForGood,
}

/// What a call of `retry` did, and when. Attempts have begun and ended, retries were told.
#[derive(Debug)]
struct Run {
    ended: Ended,
    started: Duration,
    begun: Vec<Duration>,
    over: Vec<Duration>,
    told: Vec<Told>,
    told_at: Vec<Duration>,
    drawn: usize,
    returned: Duration,
}

/// Calls `retry` with the numbers of `draws`, over and over. Attempt number n takes `takes` and does what `step` says.
fn run(policy: &Policy, draws: &[f64], stop: &Stop, takes: Duration, step: impl Fn(usize) -> Step) -> Run {
    let (drawn, begun, over) = (Cell::new(0), RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let (mut told, mut told_at) = (Vec::new(), Vec::new());
    let jitter = || {
        drawn.set(drawn.get() + 1);
        draws[(drawn.get() - 1) % draws.len()]
    };
    let mut operation = || {
        begun.borrow_mut().push(now());
        if !takes.is_zero() {
            pause(takes);
        }
        over.borrow_mut().push(now());
        let number = begun.borrow().len();
        match step(number) {
            Step::Succeeds => Ok(number),
            Step::Fails => Err(Failure::Transient(number)),
            Step::FailsForGood => Err(Failure::Permanent(number)),
        }
    };
    let mut on_retry = |error, sleep| {
        told.push((error, sleep));
        told_at.push(now());
    };
    let started = now();
    let ended = call(policy, &jitter, stop, &mut on_retry, &mut operation);
    let returned = now();
    let drawn = drawn.get();
    Run { ended, started, begun: begun.into_inner(), over: over.into_inner(), told, told_at, drawn, returned }
}

fn fails(_: usize) -> Step {
    Step::Fails
}

/// The wait after an attempt, counted from 1.
fn wait(policy: &Policy, attempt: usize) -> Duration {
    let first = policy.base.min(policy.cap);
    (1..attempt).fold(first, |wait, _| wait.saturating_mul(2).min(policy.cap))
}

/// The sleep after an attempt, for what was drawn.
fn drawn_sleep(policy: &Policy, attempt: usize, draw: f64) -> Duration {
    let half = wait(policy, attempt) / 2;
    half + half.mul_f64(draw)
}

/// Sleeps may differ by what a calculation with `f64` or whole nanoseconds rounds.
fn about(got: Duration, wanted: Duration) -> bool {
    got.abs_diff(wanted) <= Duration::from_micros(1) + wanted / 1_000_000
}

fn expect_sleep(policy: &Policy, attempt: usize, draw: f64, got: Duration) {
    let wanted = drawn_sleep(policy, attempt, draw);
    expect(about(got, wanted), Kind::WrongAnswer, || {
        let wait = wait(policy, attempt);
        format!(
            "after attempt {attempt} the wait is {wait:?}, and {draw} was drawn: expected a sleep of {wanted:?}, got {got:?}"
        )
    });
}

fn expect_soon(since: Duration, until: Duration, what: &str) {
    expect_in_time("`retry` returned", until, Duration::ZERO..=since + SOON, || {
        format!("{what} {:?} later, and should at once", until.saturating_sub(since))
    });
}

/// The numbers say whether an attempt succeeds: a zero does.
fn attempts_are_made_until_the_first_success_or_the_last(check: &Check) {
    check.small("3 attempts that fail", (vec![1u64, 1, 1], 3usize));
    check.forall(input::numbers_and(0..4, 0..=8, 1..=8), |(numbers, attempts)| {
        let policy = Policy { attempts: attempts as u32, ..SHORT };
        let succeeds = numbers.iter().position(|n| *n == 0).map_or(usize::MAX, |place| place + 1);
        let step = |attempt| if attempt == succeeds { Step::Succeeds } else { Step::Fails };
        let run = run(&policy, &[0.5], &Stop::new(), Duration::ZERO, step);
        expect_eq("how many attempts were made", run.begun.len(), attempts.min(succeeds));
        let wanted = if succeeds <= attempts { Ok(succeeds) } else { Err(RetryError::Exhausted(attempts)) };
        expect_eq("what `retry` returned", run.ended, wanted);
    });
}

/// More than a number of 8 or 16 bits can say. Where the attempts are too many to be made, one of the first succeeds.
fn any_number_of_attempts_can_be_allowed(check: &Check) {
    const ATTEMPTS: [u32; 6] = [255, 256, 300, 65_536, u32::MAX - 1, u32::MAX];
    check.forall(input::triple(0..=5, 1..=4, 0..=2), |(which, at, last)| {
        let policy = Policy { attempts: ATTEMPTS[which], ..SHORT };
        let last = [Step::Succeeds, Step::FailsForGood, Step::Fails][if which < 3 { last } else { last % 2 }];
        let run = run(&policy, &[0.5], &Stop::new(), Duration::ZERO, |attempt| {
            if attempt == at { last } else { Step::Fails }
        });
        let all = policy.attempts as usize;
        let (made, wanted) = match last {
            Step::Succeeds => (at, Ok(at)),
            Step::FailsForGood => (at, Err(RetryError::Permanent(at))),
            Step::Fails => (all, Err(RetryError::Exhausted(all))),
        };
        expect_eq("how many attempts were made", run.begun.len(), made);
        expect_eq("what `retry` returned", run.ended, wanted);
    });
}

/// Errors that are neither `Clone` nor `Copy` nor `Send`, and a result that isn't either.
fn the_last_error_comes_back(check: &Check) {
    check.forall(input::pair(1..=6, 0..=2), |(attempts, last)| {
        let policy = Policy { attempts: attempts as u32, ..SHORT };
        let (stop, mut made, mut told) = (Stop::new(), 0, Vec::new());
        let operation = || {
            made += 1;
            let error = Rc::new(Odd(made));
            match if made == attempts { last } else { 1 } {
                0 => Ok(Rc::new(Odd(100))),
                1 => Err(Failure::Transient(error)),
                _ => Err(Failure::Permanent(error)),
            }
        };
        let ended = retry(&policy, || 0.5, &stop, |error: &Rc<Odd>, _| told.push(error.0), operation);
        let got = match ended {
            Ok(result) => ("a result", result.0),
            Err(RetryError::Permanent(error)) => ("Permanent", error.0),
            Err(RetryError::Exhausted(error)) => ("Exhausted", error.0),
            Err(RetryError::Stopped(error)) => ("Stopped", error.0),
            Err(RetryError::Deadline(error)) => ("Deadline", error.0),
        };
        let wanted = [("a result", 100), ("Exhausted", attempts), ("Permanent", attempts)][last];
        expect_eq("what came back, and of which attempt", got, wanted);
        expect_eq("the errors that were told", told, (1..attempts).collect());
    });
}

fn nobody_sleeps_after_the_last_attempt(check: &Check) {
    check.forall(input::pair(1..=5, 0..=1), |(attempts, succeeds)| {
        let policy = Policy { attempts: attempts as u32, base: LONG, cap: LONG, limit: YEARS };
        let last = if succeeds == 1 { Step::Succeeds } else { Step::Fails };
        let step = |attempt| if attempt == attempts { last } else { Step::Fails };
        let run = run(&policy, &[0.5], &Stop::new(), TICK, step);
        let end = run.over.last().copied().unwrap_or(run.started);
        expect_soon(end, run.returned, "the last attempt had ended, and `retry` returned");
        expect_eq("how many retries were told", run.told.len(), attempts - 1);
    });
}

fn no_attempts_is_a_panic(check: &Check) {
    check.schedules(|| {
        let (policy, stop, made) = (Policy { attempts: 0, ..SHORT }, Stop::new(), Cell::new(0));
        let operation = || {
            made.set(made.get() + 1);
            Err::<(), _>(Failure::Transient(()))
        };
        let ended = catch(|| retry(&policy, || 0.5, &stop, |(), _| (), operation));
        expect(ended.is_err(), Kind::WrongAnswer, || {
            format!("with 0 attempts `retry` should panic, and it returned {:?}", ended.as_ref().ok())
        });
        expect_eq("how many attempts were made", made.get(), 0);
    });
}

fn each_wait_is_twice_the_one_before_up_to_the_cap(check: &Check) {
    check.forall(input::triple(2..=9, 1..=40, 1..=900), |(attempts, base, cap)| {
        let policy = Policy {
            attempts: attempts as u32,
            // Some with parts of a millisecond.
            base: TICK * base as u32 / 7,
            cap: TICK * cap as u32 / 3,
            limit: YEARS,
        };
        let draws = [0.0, 0.75, 0.25];
        let run = run(&policy, &draws, &Stop::new(), TICK, fails);
        expect_eq("how many retries were told", run.told.len(), attempts - 1);
        for (place, (_, sleep)) in run.told.iter().enumerate() {
            expect_sleep(&policy, place + 1, draws[place % 3], *sleep);
        }
    });
}

/// The base and the cap are as small and as large as a `Duration` can be. The source's last draw stops it.
fn waits_of_any_size_can_be_calculated(check: &Check) {
    const SIZES: [Duration; 8] = [
        Duration::from_nanos(1),
        Duration::from_micros(900),
        Duration::from_nanos(7_000_001),
        TICK,
        HOUR,
        Duration::from_secs(1 << 40),
        Duration::from_secs(u64::MAX / 3),
        Duration::MAX,
    ];
    // The last one is the greatest number below 1.
    const DRAWS: [f64; 4] = [0.0, 0.5, 0.999, 1.0 - f64::EPSILON / 2.0];
    check.forall(input::triple(0..=7, 0..=7, 0..=3), |(base, cap, draw)| {
        let policy = Policy { attempts: 3, base: SIZES[base], cap: SIZES[cap], limit: Duration::MAX };
        let (draw, stop, told) = (DRAWS[draw], Stop::new(), Cell::new(None));
        let mut on_retry = |_, sleep| {
            told.set(Some(sleep));
            stop.stop();
        };
        let ended = call(&policy, &|| draw, &stop, &mut on_retry, &mut || Err(Failure::Transient(1)));
        expect_eq("what `retry` returned", ended, Err(RetryError::Stopped(1)));
        expect_sleep(&policy, 1, draw, told.get().unwrap_or_default());
    });
}

/// The factor has no room in 32 bits, and then in 64.
fn any_number_of_attempts_waits_for_the_cap(check: &Check) {
    check.forall(input::triple(34..=70, 0..=2, 0..=2), |(attempts, base, cap)| {
        let base = [Duration::from_nanos(1), Duration::from_millis(1), HOUR][base];
        let cap = [LONG, TICK, LONG * 6 / 5][cap];
        let policy = Policy { attempts: attempts as u32, base, cap, limit: YEARS };
        let run = run(&policy, &[0.5], &Stop::new(), Duration::ZERO, fails);
        expect_eq("how many attempts were made", run.begun.len(), attempts);
        for (place, (_, sleep)) in run.told.iter().enumerate() {
            expect_sleep(&policy, place + 1, 0.5, *sleep);
        }
    });
}

fn a_wait_may_be_zero(check: &Check) {
    check.forall(input::pair(1..=6, 0..=1), |(attempts, which)| {
        let (base, cap) = [(Duration::ZERO, HOUR), (HOUR, Duration::ZERO)][which];
        let policy = Policy { attempts: attempts as u32, base, cap, limit: YEARS };
        let run = run(&policy, &[0.9], &Stop::new(), Duration::ZERO, fails);
        expect_eq("what `retry` returned", run.ended, Err(RetryError::Exhausted(attempts)));
        expect_eq("the sleeps", run.told, (1..attempts).map(|attempt| (attempt, Duration::ZERO)).collect());
        expect_eq("how many numbers were drawn", run.drawn, attempts - 1);
    });
}

fn each_wait_takes_one_draw(check: &Check) {
    check.forall(input::triple(1..=6, 1..=7, 0..=1), |(attempts, end, good)| {
        let policy = Policy { attempts: attempts as u32, ..SHORT };
        let last = [Step::FailsForGood, Step::Succeeds][good];
        let step = |attempt| if attempt == end { last } else { Step::Fails };
        let run = run(&policy, &[0.5], &Stop::new(), Duration::ZERO, step);
        expect_eq("how many numbers were drawn", run.drawn, attempts.min(end) - 1);
    });
}

/// The draws are those of a source with a seed. The k-th is for the k-th sleep.
fn the_sleep_is_between_half_the_wait_and_the_wait(check: &Check) {
    check.forall(input::triple(2..=7, 0..=1_000, 1..=40), |(attempts, seed, cap)| {
        let policy =
            Policy { attempts: attempts as u32, base: TICK * 3, cap: TICK * cap as u32, limit: YEARS };
        let source = seeded(seed as u64);
        let draws: Vec<f64> = (0..attempts).map(|_| source()).collect();
        let run = run(&policy, &draws, &Stop::new(), TICK, fails);
        for (place, (_, sleep)) in run.told.iter().enumerate() {
            let wait = wait(&policy, place + 1);
            expect((wait / 2..=wait).contains(sleep) || about(*sleep, wait), Kind::WrongAnswer, || {
                format!("a sleep of {sleep:?} is not between half the wait and the wait, which is {wait:?}")
            });
            expect_sleep(&policy, place + 1, draws[place], *sleep);
        }
    });
}

fn it_sleeps_as_long_as_it_says(check: &Check) {
    check.small("2 attempts, and a sleep between them", (2usize, 0usize, 1usize));
    check.forall(input::triple(2..=5, 0..=2, 0..=4), |(attempts, draw, takes)| {
        let base = [TICK * 2, Duration::from_micros(1_900), Duration::from_nanos(77_777_777)][takes % 3];
        let policy = Policy { attempts: attempts as u32, base, cap: TICK * 20, limit: YEARS };
        let run = run(&policy, &[[0.0, 0.4, 0.99][draw]], &Stop::new(), TICK * takes as u32, fails);
        expect_eq("how many attempts were made", run.begun.len(), attempts);
        // A retry that is told has an attempt after it.
        expect_eq("how many retries were told", run.told.len(), attempts - 1);
        for (place, sleep) in run.told.iter().map(|told| told.1).enumerate() {
            let (over, begun) = (run.over[place], run.begun[place + 1]);
            let slept = begun - over;
            let (what, due) = (format!("attempt {} began", place + 2), over + sleep);
            expect_in_time(&what, begun, due.saturating_sub(Duration::from_micros(1))..=due + SOON, || {
                format!(
                    "the next attempt was made {slept:?} after a failure, and the sleep was to be {sleep:?}"
                )
            });
        }
    });
}

fn each_retry_is_told_before_its_sleep(check: &Check) {
    check.forall(input::pair(1..=5, 1..=6), |(attempts, end)| {
        let policy = Policy { attempts: attempts as u32, base: LONG, cap: LONG, limit: YEARS };
        let step = |attempt| if attempt == end { Step::Succeeds } else { Step::Fails };
        let run = run(&policy, &[0.5], &Stop::new(), TICK, step);
        let errors: Vec<_> = run.told.iter().map(|told| told.0).collect();
        expect_eq("the errors that were told", errors, (1..attempts.min(end)).collect());
        for (told, over) in run.told_at.iter().zip(&run.over) {
            expect_soon(*over, *told, "an attempt had failed, and `on_retry` was called");
        }
    });
}

/// The source of chance and `on_retry` take their time.
fn a_sleep_begins_when_the_retry_has_been_told(check: &Check) {
    check.forall(input::triple(2..=4, 0..=4, 0..=4), |(attempts, drawing, telling)| {
        let policy = Policy { attempts: attempts as u32, base: TICK * 4, cap: TICK * 4, limit: YEARS };
        let (told, begun) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let jitter = || {
            pause(TICK * drawing as u32);
            0.5
        };
        let mut on_retry = |_, sleep| {
            pause(TICK * telling as u32);
            told.borrow_mut().push((sleep, now()));
        };
        let ended = call(&policy, &jitter, &Stop::new(), &mut on_retry, &mut || {
            begun.borrow_mut().push(now());
            Err(Failure::Transient(7))
        });
        expect_eq("what `retry` returned", ended, Err(RetryError::Exhausted(7)));
        for ((sleep, told), begun) in told.into_inner().into_iter().zip(begun.into_inner().into_iter().skip(1)) {
            let slept = begun - told;
            let due = told + sleep;
            expect_in_time("the next attempt began", begun, due.saturating_sub(Duration::from_micros(1))..=due + SOON, || {
                format!("a sleep was to be {sleep:?}, and the next attempt was made {slept:?} after `on_retry` had returned")
            });
        }
    });
}

fn a_permanent_error_is_returned_at_once(check: &Check) {
    check.forall(input::pair(1..=5, 1..=5), |(attempts, end)| {
        let (attempts, end) = (attempts.max(end), attempts.min(end));
        let policy = Policy { attempts: attempts as u32, base: LONG, cap: LONG, limit: YEARS };
        let step = |attempt| if attempt == end { Step::FailsForGood } else { Step::Fails };
        let run = run(&policy, &[0.5], &Stop::new(), TICK, step);
        expect_eq("what `retry` returned", run.ended, Err(RetryError::Permanent(end)));
        expect_eq("how many attempts were made", run.begun.len(), end);
        expect_eq("how many retries were told", run.told.len(), end - 1);
        expect_soon(run.over[end - 1], run.returned, "an attempt had failed for good, and `retry` returned");
    });
}

/// What a payload is, in words.
fn payload(payload: &(dyn Any + Send)) -> String {
    if let Some(odd) = payload.downcast_ref::<Odd>() {
        return format!("{odd:?}");
    }
    let kind = if payload.is::<&'static str>() { "&str" } else { "String" };
    panic_message(payload).map_or("something else".to_owned(), |text| format!("the {kind} {text:?}"))
}

/// Panics with a payload of one of three types.
fn burst(which: usize) -> ! {
    match which {
        0 => panic!("no number in it (the check makes it panic)"),
        1 => panic!("attempt {which} failed (the check makes it panic)"),
        _ => panic_any(Odd(which)),
    }
}

fn wanted_payload(which: usize) -> String {
    match which {
        0 => format!("the &str {:?}", "no number in it (the check makes it panic)"),
        1 => format!("the String {:?}", format!("attempt {which} failed (the check makes it panic)")),
        _ => format!("{:?}", Odd(which)),
    }
}

fn a_panic_leaves_at_once_with_its_payload(check: &Check) {
    check.forall(input::triple(1..=4, 0..=2, 0..=1), |(at, which, in_told)| {
        let (stop, made) = (Stop::new(), Cell::new(0));
        let operation = || {
            made.set(made.get() + 1);
            if in_told == 0 && made.get() == at {
                burst(which);
            }
            Err::<(), _>(Failure::Transient(()))
        };
        let on_retry = |(): &(), _| {
            if in_told == 1 && made.get() == at {
                burst(which);
            }
        };
        let ended = catch(|| retry(&SHORT, || 0.5, &stop, on_retry, operation));
        expect_eq("how many attempts were made", made.get(), at);
        match ended {
            Ok(ended) => {
                fail(Kind::SwallowedPanic, format!("an attempt panicked, and `retry` returned {ended:?}"))
            }
            Err(got) => expect_eq("the payload of the panic", payload(&*got), wanted_payload(which)),
        }
        expect_eq("how many attempts were made", made.get(), at);
    });
}

/// A caller panics. Others sleep with the same stop, or will.
fn a_panic_costs_the_stop_nothing(check: &Check) {
    check.forall(input::pair(0..=1, 0..=1), |(early, in_told)| {
        let (stop, policy) = (Stop::new(), Policy { attempts: 3, base: LONG, cap: LONG, limit: YEARS });
        thread::scope(|scope| {
            let sleep = || run(&policy, &[0.5], &stop, Duration::ZERO, fails);
            let sleeper = (early == 1).then(|| scope.spawn(move || sleep().ended));
            settle();
            let on_retry = |(): &(), _| {
                if in_told == 1 {
                    burst(0)
                }
            };
            let operation = || if in_told == 0 { burst(0) } else { Err::<(), _>(Failure::Transient(())) };
            drop(catch(|| retry(&policy, || 0.5, &stop, on_retry, operation)));
            let sleeper = sleeper.unwrap_or_else(|| scope.spawn(move || sleep().ended));
            pause(TICK);
            stop.stop();
            settle();
            expect(sleeper.is_finished(), Kind::TooLate, || {
                "another caller had panicked, and a stop did not wake a sleeping caller".into()
            });
            expect_eq("what another caller got", sleeper.join().ok(), Some(Err(RetryError::Stopped(1))));
        });
    });
}

fn no_sleep_ends_after_the_deadline(check: &Check) {
    check.forall(input::triple(2..=6, 0..=60, 0..=5), |(attempts, limit, takes)| {
        let limit = TICK * limit as u32;
        let policy = Policy { attempts: attempts as u32, base: TICK * 3, cap: TICK * 12, limit };
        let draws = [0.0, 0.9, 0.5];
        let run = run(&policy, &draws, &Stop::new(), TICK * takes as u32, fails);
        deadline_is_kept(&policy, &draws, &run);
    });
}

/// A sleep was begun if it could end before the deadline, and not if it couldn't. Within [`SOON`] both are right.
fn deadline_is_kept(policy: &Policy, draws: &[f64], run: &Run) {
    let deadline = run.started + policy.limit;
    for (place, (_, sleep)) in run.told.iter().enumerate() {
        let end = run.told_at[place] + *sleep;
        expect_sleep(policy, place + 1, draws[place % draws.len()], *sleep);
        expect_in_time("the sleep would end", end, Duration::ZERO..=deadline + SOON, || {
            format!("a sleep of {sleep:?} was begun, which ends {:?} after the deadline", end - deadline)
        });
    }
    let (made, last) = (run.over.len(), *run.over.last().unwrap_or(&run.started));
    match &run.ended {
        Err(RetryError::Exhausted(_)) => {
            expect_eq("how many attempts were made", made, policy.attempts as usize)
        }
        Err(RetryError::Deadline(error)) => {
            expect_eq("the attempt that the error is of", *error, made);
            expect_eq("how many retries were told", run.told.len(), made - 1);
            expect_soon(
                last,
                run.returned,
                "the next sleep would end after the deadline, and `retry` returned",
            );
            let end = last + drawn_sleep(policy, made, draws[(made - 1) % draws.len()]);
            expect(end + SOON >= deadline, Kind::TooEarly, || {
                format!(
                    "the next sleep would have ended {:?} before the deadline, and `retry` gave up",
                    deadline - end
                )
            });
        }
        other => fail(Kind::WrongAnswer, format!("every attempt fails, and `retry` returned {other:?}")),
    }
}

/// The source of the jitter is slow.
fn the_time_of_the_draw_counts(check: &Check) {
    check.forall(input::triple(2..=6, 1..=40, 1..=6), |(attempts, limit, takes)| {
        let limit = TICK * limit as u32;
        let policy = Policy { attempts: attempts as u32, base: TICK * 2, cap: TICK * 2, limit };
        let jitter = || {
            pause(TICK * takes as u32);
            0.5
        };
        let (deadline, latest) = (now() + limit, Cell::new(Duration::ZERO));
        let mut on_retry = |_, sleep: Duration| latest.set(now() + sleep);
        let ended = call(&policy, &jitter, &Stop::new(), &mut on_retry, &mut || Err(Failure::Transient(7)));
        let late = latest.get().saturating_sub(deadline);
        expect_in_time("the sleep would end", latest.get(), Duration::ZERO..=deadline + SOON, || {
            format!(
                "a sleep was begun that ends {late:?} after the deadline; each draw takes {:?}",
                TICK * takes as u32
            )
        });
        let is_over = matches!(ended, Err(RetryError::Exhausted(7) | RetryError::Deadline(7)));
        expect(is_over, Kind::WrongAnswer, || format!("every attempt fails, and `retry` returned {ended:?}"));
    });
}

/// Attempts take longer than sleeps. Two calls after each other have a deadline each.
fn the_deadline_counts_from_the_call(check: &Check) {
    check.forall(input::triple(2..=6, 1..=40, 5..=20), |(attempts, limit, takes)| {
        let limit = TICK * limit as u32;
        let policy = Policy { attempts: attempts as u32, base: TICK * 2, cap: TICK * 2, limit };
        let (stop, draws) = (Stop::new(), [0.5]);
        for _ in 0..2 {
            let run = run(&policy, &draws, &stop, TICK * takes as u32, fails);
            deadline_is_kept(&policy, &draws, &run);
        }
    });
}

/// An attempt is in progress at the deadline. It ends, and what it returns counts.
fn an_attempt_after_the_deadline_still_counts(check: &Check) {
    check.forall(input::triple(1..=3, 0..=2, 0..=1), |(at, last, rest)| {
        let limit = TICK * 10;
        let attempts = (at + rest) as u32;
        let policy = Policy { attempts, base: TICK, cap: TICK, limit };
        let last = [Step::Succeeds, Step::FailsForGood, Step::Fails][last];
        let step = |attempt| {
            if attempt < at {
                return Step::Fails;
            }
            pause(20 * TICK);
            last
        };
        let run = run(&policy, &[0.5], &Stop::new(), Duration::ZERO, step);
        let wanted = match last {
            Step::Succeeds => Ok(at),
            Step::FailsForGood => Err(RetryError::Permanent(at)),
            Step::Fails if rest == 0 => Err(RetryError::Exhausted(at)),
            Step::Fails => Err(RetryError::Deadline(at)),
        };
        expect_eq("what `retry` returned, with an attempt in progress at the deadline", run.ended, wanted);
        expect_eq("how many attempts were made", run.begun.len(), at);
    });
}

fn a_limit_of_zero_has_one_attempt(check: &Check) {
    check.forall(input::triple(2..=4, 0..=2, 0..=2), |(attempts, base, step)| {
        let base = [Duration::ZERO, Duration::from_millis(1), HOUR][base];
        let policy = Policy { attempts: attempts as u32, base, cap: HOUR, limit: Duration::ZERO };
        let last = [Step::Succeeds, Step::FailsForGood, Step::Fails][step];
        // Time passes in the attempt, so the deadline is over.
        let run = run(&policy, &[0.5], &Stop::new(), Duration::from_millis(1), |_| last);
        let wanted = [Ok(1), Err(RetryError::Permanent(1)), Err(RetryError::Deadline(1))][step];
        expect_eq("what `retry` returned", run.ended, wanted);
        expect_eq("how many attempts were made", run.begun.len(), 1);
        expect_eq("the retries that were told", run.told, Vec::new());
    });
}

fn no_limit_is_too_long(check: &Check) {
    check.forall(input::longest_and(1..=5), |(limit, attempts)| {
        let policy = Policy { attempts: attempts as u32, limit, ..SHORT };
        let run = run(&policy, &[0.5], &Stop::new(), Duration::ZERO, fails);
        expect_eq("what `retry` returned", run.ended, Err(RetryError::Exhausted(attempts)));
    });
}

/// Stops a caller while it sleeps for the nth time. The stop has to wake it: time does not move meanwhile. The nth sleep
/// may be the one before the last attempt.
fn a_stop_ends_a_sleep_at_once(check: &Check) {
    check.small("1 sleep that a stop ends", (1usize, 0usize, 1usize));
    check.forall(input::triple(1..=4, 0..=2, 0..=9), |(nth, length, after)| {
        // The sleeps before the nth have to end.
        let base = [LONG, YEARS / 200, Duration::MAX][if nth == 1 { length } else { 0 }];
        let attempts = if after % 2 == 0 { nth as u32 + 1 } else { 9 };
        let policy = Policy { attempts, base, cap: base, limit: Duration::MAX };
        let (stop, asleep) = (Stop::new(), Arc::<AtomicUsize>::default());
        thread::scope(|scope| {
            let caller = scope.spawn(|| {
                let (stop, asleep) = (&stop, &asleep);
                let mut on_retry = |error, _| asleep.store(error, Ordering::SeqCst);
                let mut made = 0;
                let ended = call(&policy, &|| 0.0, stop, &mut on_retry, &mut || {
                    made += 1;
                    Err(Failure::Transient(made))
                });
                (ended, now())
            });
            pause(TICK);
            (1..nth).for_each(|_| pause(LONG / 2 + TICK));
            pause(TICK * after as u32);
            let nth = asleep.load(Ordering::SeqCst);
            let before = now();
            stop.stop();
            settle();
            expect(caller.is_finished(), Kind::TooLate, || {
                "somebody called `stop`, and a caller of `retry` sleeps on: the stop did not wake it".into()
            });
            let (ended, at) = caller.join().expect("`call` does not panic");
            expect_eq("what `retry` returned", ended, Err(RetryError::Stopped(nth)));
            expect_soon(before, at, "somebody called `stop`, and `retry` returned");
        });
    });
}

/// The stop comes at any moment at all: before the sleep, while it begins, or in it.
fn a_stop_at_any_moment_is_seen(check: &Check) {
    check.small("a stop at any moment", (1usize, 0usize));
    check.forall(input::pair(1..=3, 0..=3), |(callers, yields)| {
        let (stop, policy) = (Stop::new(), Policy { attempts: 9, base: LONG, cap: LONG, limit: YEARS });
        thread::scope(|scope| {
            let call = || run(&policy, &[0.5], &stop, Duration::ZERO, fails);
            let callers: Vec<_> = (0..callers).map(|_| scope.spawn(call)).collect();
            (0..yields).for_each(|_| thread::yield_now());
            stop.stop();
            let before = now();
            for caller in callers {
                let run = caller.join().expect("`run` does not panic");
                expect_soon(before, run.returned, "somebody called `stop`, and `retry` returned");
                expect_eq("what `retry` returned", run.ended, Err(RetryError::Stopped(1)));
            }
        });
    });
}

fn a_stop_before_the_call_leaves_one_attempt(check: &Check) {
    check.forall(input::triple(1..=4, 0..=2, 0..=1), |(attempts, step, limit)| {
        let limit = [Duration::ZERO, YEARS][limit];
        let policy = Policy { attempts: attempts as u32, base: LONG, cap: LONG, limit };
        let (stop, last) = (Stop::new(), [Step::Succeeds, Step::FailsForGood, Step::Fails][step]);
        stop.stop();
        let run = run(&policy, &[0.5], &stop, TICK, |_| last);
        let failed = if attempts == 1 { RetryError::Exhausted(1) } else { RetryError::Stopped(1) };
        let wanted = [Ok(1), Err(RetryError::Permanent(1)), Err(failed)][step];
        expect_eq("what `retry` returned after a stop", run.ended, wanted);
        expect_eq("how many attempts were made", run.begun.len(), 1);
        expect_soon(run.over[0], run.returned, "the attempt had ended, and `retry` returned");
    });
}

fn a_stop_during_an_attempt_lets_it_end(check: &Check) {
    check.forall(input::triple(1..=3, 0..=2, 0..=1), |(at, step, rest)| {
        let policy = Policy { attempts: (at + rest) as u32, base: TICK, cap: TICK, limit: YEARS };
        let last = [Step::Succeeds, Step::FailsForGood, Step::Fails][step];
        let (stop, inside, gate) = (Stop::new(), Gate::new(), Gate::new());
        thread::scope(|scope| {
            let caller = scope.spawn(|| {
                run(&policy, &[0.5], &stop, Duration::ZERO, |attempt| {
                    if attempt < at {
                        return Step::Fails;
                    }
                    inside.open();
                    gate.wait();
                    last
                })
            });
            inside.wait();
            stop.stop();
            pause(TICK);
            expect(!caller.is_finished(), Kind::TooEarly, || "`retry` returned during an attempt".into());
            gate.open();
            settle();
            expect(caller.is_finished(), Kind::TooLate, || {
                "a stopped caller did not return after its attempt".into()
            });
            let run = caller.join().expect("`run` does not panic");
            let failed = if rest == 0 { RetryError::Exhausted(at) } else { RetryError::Stopped(at) };
            let wanted = [Ok(at), Err(RetryError::Permanent(at)), Err(failed)][step];
            expect_eq("what `retry` returned after a stop during an attempt", run.ended, wanted);
        });
    });
}

/// The stop comes from an attempt or from `on_retry`, and the wait after it is zero.
fn a_stop_before_a_wait_of_zero_is_seen(check: &Check) {
    check.forall(input::triple(0..=1, 1..=4, 0..=1), |(from, at, last)| {
        let attempts = if last == 1 { at as u32 + 1 } else { 9 };
        let policy = Policy { attempts, base: Duration::ZERO, cap: TICK, limit: YEARS };
        let (stop, made) = (Stop::new(), Cell::new(0));
        let here = |place| {
            if from == place && made.get() == at {
                stop.stop();
            }
        };
        let ended = call(&policy, &|| 0.5, &stop, &mut |_, _| here(1), &mut || {
            made.set(made.get() + 1);
            here(0);
            Err(Failure::Transient(made.get()))
        });
        let place = ["an attempt", "`on_retry`"][from];
        expect_eq(
            &format!("how many attempts were made when {place} called `stop` before a wait of zero"),
            made.get(),
            at,
        );
        expect_eq("what `retry` returned", ended, Err(RetryError::Stopped(at)));
    });
}

fn a_stop_is_for_good(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(stops, calls)| {
        let (stop, other) = (Stop::new(), Stop::default());
        expect_eq("`is_stopped` before a stop", stop.is_stopped(), false);
        (0..stops).for_each(|_| stop.stop());
        for _ in 0..calls {
            let run = run(&SHORT, &[0.5], &stop, Duration::ZERO, fails);
            expect_eq("what `retry` returned after a stop", run.ended, Err(RetryError::Stopped(1)));
            expect_eq("`is_stopped` after a stop", stop.is_stopped(), true);
        }
        expect_eq("`is_stopped` of another stop", other.is_stopped(), false);
    });
}

/// Each caller sleeps for seconds, all of them at the same time. Their draws are different ones of one source.
fn callers_share_a_source_and_sleep_at_the_same_time(check: &Check) {
    check.forall(input::pair(2..=10, 2..=3), |(callers, attempts)| {
        let policy = Policy { attempts: attempts as u32, base: LONG, cap: LONG, limit: YEARS };
        let (stop, drawn, told) = (Stop::new(), Mutex::new(0_usize), Mutex::new(Vec::new()));
        let jitter = || {
            let mut drawn = drawn.lock().unwrap();
            *drawn += 1;
            *drawn as f64 / 100.0
        };
        let before = now();
        thread::scope(|scope| {
            for _ in 0..callers {
                scope.spawn(|| {
                    let mut on_retry = |_, sleep| told.lock().unwrap().push(sleep);
                    let ended =
                        call(&policy, &jitter, &stop, &mut on_retry, &mut || Err(Failure::Transient(7)));
                    expect_eq("what a caller got", ended, Err(RetryError::Exhausted(7)));
                });
            }
        });
        let (took, longest) = (now() - before, LONG * (attempts as u32 - 1));
        expect(took <= longest + SOON, Kind::Sequential, || {
            format!("{callers} callers sleep at the same time, at most {longest:?}, and it took {took:?}")
        });
        let mut told = told.into_inner().unwrap();
        told.sort_unstable();
        expect_eq("how many retries were told", told.len(), callers * (attempts - 1));
        for (place, sleep) in told.iter().enumerate() {
            expect_sleep(&policy, 1, (place + 1) as f64 / 100.0, *sleep);
        }
    });
}

fn one_stop_wakes_all_callers(check: &Check) {
    check.small("2 callers, and a stop", (2usize, 0usize));
    check.forall(input::pair(2..=10, 0..=2), |(callers, after)| {
        let (stop, policy) = (Stop::new(), Policy { attempts: 3, base: LONG, cap: LONG, limit: YEARS });
        thread::scope(|scope| {
            let call = || run(&policy, &[0.5], &stop, Duration::ZERO, fails).ended;
            let callers: Vec<_> = (0..callers).map(|_| scope.spawn(call)).collect();
            pause(TICK * (1 + after) as u32);
            stop.stop();
            settle();
            let asleep = callers.iter().filter(|caller| !caller.is_finished()).count();
            expect(asleep == 0, Kind::TooLate, || {
                format!("somebody called `stop`, and {asleep} of {} callers sleep on", callers.len())
            });
            for caller in callers {
                expect_eq("what a caller got", caller.join().ok(), Some(Err(RetryError::Stopped(1))));
            }
        });
    });
}

fn stop_and_is_stopped_return_at_once(check: &Check) {
    check.forall(input::pair(1..=4, 0..=1), |(callers, look)| {
        let (stop, policy) = (Stop::new(), Policy { attempts: 3, base: LONG, cap: LONG, limit: YEARS });
        thread::scope(|scope| {
            for _ in 0..callers {
                scope.spawn(|| run(&policy, &[0.5], &stop, Duration::ZERO, fails));
            }
            pause(TICK);
            let before = now();
            if look == 1 {
                expect_eq("`is_stopped` while others sleep", stop.is_stopped(), false);
                expect_soon(before, now(), "`is_stopped` returned");
            }
            stop.stop();
            expect_soon(before, now(), "others sleep, and `stop` returned");
        });
    });
}

/// One caller is in its operation, or in `jitter` or `on_retry`, for hours. Others share its stop.
fn a_slow_callback_holds_up_nobody_else(check: &Check) {
    check.forall(input::triple(0..=2, 1..=3, 0..=1), |(place, callers, stopped)| {
        let (stop, policy) = (Stop::new(), Policy { attempts: 2, base: LONG, cap: LONG, limit: YEARS });
        let gate = Gate::new();
        let here = |now| {
            if now == place {
                gate.wait();
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                let jitter = || {
                    here(1);
                    0.5
                };
                let outcome = call(&policy, &jitter, &stop, &mut |_, _| here(2), &mut || {
                    here(0);
                    Err(Failure::Transient(1))
                });
                expect(outcome.is_err(), Kind::WrongAnswer, || {
                    "an operation that never succeeds came to a result".into()
                });
            });
            settle();
            let before = now();
            let others: Vec<_> = (0..callers)
                .map(|_| scope.spawn(|| run(&policy, &[0.5], &stop, Duration::ZERO, fails)))
                .collect();
            pause(TICK);
            expect_eq("`is_stopped` before the stop", stop.is_stopped(), false);
            expect_soon(before + TICK, now(), "another caller is held up, and `is_stopped` returned");
            let stopped_at = now();
            if stopped == 1 {
                stop.stop();
                expect_soon(stopped_at, now(), "another caller is held up, and `stop` returned");
            }
            for other in others {
                let run = other.join().expect("`run` does not panic");
                let end = if stopped == 1 { stopped_at } else { before + LONG };
                expect_soon(end, run.returned, "another caller is held up, and `retry` returned");
                let wanted = if stopped == 1 { RetryError::Stopped(1) } else { RetryError::Exhausted(2) };
                expect_eq("what `retry` returned beside a caller that is held up", run.ended, Err(wanted));
            }
            gate.open();
        });
    });
}

fn a_stop_from_inside_is_seen(check: &Check) {
    check.forall(input::triple(0..=2, 1..=3, 0..=1), |(from, at, others)| {
        let (stop, policy) = (Stop::new(), Policy { attempts: 9, base: TICK, cap: TICK, limit: YEARS });
        let last = at;
        thread::scope(|scope| {
            for _ in 0..others {
                let long = Policy { base: YEARS / 100, cap: YEARS / 100, ..policy };
                let stop = &stop;
                scope.spawn(move || {
                    let run = run(&long, &[0.5], stop, Duration::ZERO, fails);
                    expect_eq("what another caller got", run.ended, Err(RetryError::Stopped(1)));
                });
            }
            let (made, at) = (Cell::new(0), Cell::new(now()));
            let here = |place| {
                if from == place && made.get() == last {
                    expect_eq("`is_stopped` before the stop", stop.is_stopped(), false);
                    stop.stop();
                    at.set(now());
                }
            };
            let jitter = || {
                here(1);
                0.5
            };
            let ended = call(&policy, &jitter, &stop, &mut |_, _| here(2), &mut || {
                made.set(made.get() + 1);
                here(0);
                Err(Failure::Transient(made.get()))
            });
            expect_eq("what `retry` returned", ended, Err(RetryError::Stopped(last)));
            expect_soon(at.get(), now(), "`stop` was called from inside, and `retry` returned");
        });
        expect(now() <= TICK * 10, Kind::TooLate, || "another caller slept on after the stop".into());
    });
}

fn another_stop_is_independent(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(attempts, callers)| {
        let policy = Policy { attempts: attempts as u32, base: TICK * 5, cap: TICK * 5, limit: YEARS };
        let (stop, other) = (Stop::new(), Stop::new());
        thread::scope(|scope| {
            let call = || run(&policy, &[0.5], &stop, Duration::ZERO, fails).ended;
            let callers: Vec<_> = (0..callers).map(|_| scope.spawn(call)).collect();
            pause(TICK);
            other.stop();
            for caller in callers {
                let wanted = Some(Err(RetryError::Exhausted(attempts)));
                expect_eq("what a caller with another stop got", caller.join().ok(), wanted);
            }
            expect_eq("`is_stopped` of another stop", stop.is_stopped(), false);
        });
    });
}

/// The operation retries something itself, with the same stop and source.
fn a_retry_inside_a_retry(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=1), |(outer, inner, in_told)| {
        let policy =
            |attempts: usize| Policy { attempts: attempts as u32, base: TICK, cap: TICK, limit: YEARS };
        let (stop, made) = (Stop::new(), Cell::new(0));
        let inside = || {
            let mut operation = || {
                made.set(made.get() + 1);
                Err(Failure::Transient(made.get()))
            };
            call(&policy(inner), &|| 0.5, &stop, &mut |_, _| (), &mut operation)
        };
        let ended = call(
            &policy(outer),
            &|| 0.5,
            &stop,
            &mut |_, _| {
                if in_told == 1 {
                    let _ = inside();
                }
            },
            &mut || {
                let ended = inside();
                expect_eq("what the inner call got", ended, Err(RetryError::Exhausted(made.get())));
                Err(Failure::Transient(made.get()))
            },
        );
        let wanted = outer * inner + in_told * (outer - 1) * inner;
        expect_eq("how many attempts the inner calls made", made.get(), wanted);
        expect_eq("what the outer call got", ended, Err(RetryError::Exhausted(wanted)));
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let second = Duration::from_secs(1);
        let policy = Policy { attempts: 3, base: second, cap: 10 * second, limit: 60 * second };
        let (jitter, stop) = (seeded(8), Stop::new());
        let answers = [
            (
                "the page",
                vec![Err(Failure::Transient("busy")), Err(Failure::Transient("busy")), Ok("200 OK")],
            ),
            ("the printer", vec![Err(Failure::Transient("no paper")); 3]),
            ("the secret", vec![Err(Failure::Permanent("forbidden")); 3]),
        ];
        let mut lines = Vec::new();
        for (name, answers) in answers {
            lines.push(name.to_owned());
            let mut answers = answers.into_iter();
            let mut retries = Vec::new();
            let on_retry = |error: &&str, sleep: Duration| {
                retries.push(format!("  {error}, again in {:.2} s", sleep.as_secs_f64()));
            };
            let operation = || answers.next().unwrap_or(Err(Failure::Permanent("called too often")));
            let ended = retry(&policy, &jitter, &stop, on_retry, operation);
            lines.append(&mut retries);
            lines.push(match ended {
                Ok(answer) => format!("  {answer}"),
                Err(RetryError::Permanent(error)) => format!("  gave up at once: {error}"),
                Err(RetryError::Exhausted(error)) => format!("  gave up after the last attempt: {error}"),
                Err(RetryError::Deadline(error)) => format!("  gave up at the deadline: {error}"),
                Err(RetryError::Stopped(error)) => format!("  was stopped: {error}"),
            });
        }
        lines.join("\n")
    });
}

/// It ends in each of the ways that there are.
fn each_error_is_dropped_once(check: &Check) {
    check.forall(input::pair(1..=5, 0..=5), |(attempts, end)| {
        let (drops, stop, mut made) = (Drops::new(), Stop::new(), 0);
        let limit = if end == 4 { Duration::ZERO } else { YEARS };
        let policy = Policy { attempts: attempts as u32, limit, ..SHORT };
        let operation = || {
            made += 1;
            let token = drops.token();
            match end {
                0 if made == attempts => Ok(token),
                1 if made == attempts => Err(Failure::Permanent(token)),
                2 if made == attempts => panic!("an attempt failed (the check makes it panic)"),
                3 => {
                    stop.stop();
                    Err(Failure::Transient(token))
                }
                _ => Err(Failure::Transient(token)),
            }
        };
        let ended = catch(|| retry(&policy, || 0.5, &stop, |_, _| (), operation));
        expect_eq("how many errors and results are not dropped", drops.alive(), usize::from(ended.is_ok()));
        drop(ended);
        expect_eq("how many are not dropped in the end", drops.alive(), 0);
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=1), |(callers, attempts, stopped)| {
        let (stop, policy) = (
            Arc::new(Stop::new()),
            Policy { attempts: attempts as u32, base: LONG, cap: LONG, limit: YEARS },
        );
        let start = |_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || run(&policy, &[0.5], &stop, Duration::ZERO, fails))
        };
        let callers: Vec<_> = (0..callers).map(start).collect();
        pause(TICK);
        if stopped == 1 {
            stop.stop();
        }
        callers.into_iter().for_each(|caller| drop(caller.join()));
        every_thread_has_finished();
    });
}

/// Nothing happens for a long time, and nobody may run meanwhile.
fn sleeping_threads_do_not_spin(check: &Check) {
    check.forall(input::pair(1..=4, 0..=1), |(callers, stopped)| {
        let (stop, policy) = (Stop::new(), Policy { attempts: 2, base: LONG, cap: LONG, limit: YEARS });
        thread::scope(|scope| {
            for _ in 0..callers {
                scope.spawn(|| run(&policy, &[0.5], &stop, TICK, fails));
            }
            pause(2 * TICK);
            settle();
            if stopped == 1 {
                stop.stop();
            }
        });
    });
}
