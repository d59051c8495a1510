//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::panic::panic_any;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use harness::{
    Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq,
    expect_in_time,
};
use harness::{fail, input, now, panic_message, pause, settle};
use tide_gauges::{Policy, read_all};

checks! {
    1 => each_gauge_has_its_outcome_in_order;
    1 => results_may_have_any_type;
    1 => concurrent_calls_are_independent;
    1 => any_number_of_attempts_can_be_allowed;
    2 => each_wait_is_twice_the_one_before_up_to_the_cap simulated;
    2 => forty_attempts_and_more_can_be_made simulated;
    2 => bases_and_caps_of_any_size_can_be_used simulated;
    2 => a_gauge_may_wait_for_ever simulated;
    2 => a_gauge_waits_for_nothing_after_its_last_attempt simulated;
    3 => never_more_attempts_at_once_than_channels;
    3 => a_waiting_gauge_occupies_no_channel simulated;
    3 => an_attempt_begins_when_it_is_due simulated;
    3 => as_many_attempts_at_once_as_there_are_channels simulated;
    3 => more_than_a_hundred_attempts_may_run_at_once simulated;
    4 => no_channels_and_no_attempts_are_panics;
    4 => a_wait_may_be_zero;
    5 => the_first_gauges_payload_comes_out;
    5 => a_panic_holds_up_no_other_gauge;
    5 => a_panic_frees_its_channel_at_once simulated;
    6 => everything_is_dropped_once;
    6 => nothing_is_left_behind;
    7 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
const HOUR: Duration = Duration::from_hours(1);

/// On real threads, where nobody looks at the clock, nobody has to wait either.
const SHORT: Policy = Policy { attempts: 3, base: Duration::from_micros(10), cap: Duration::from_micros(40) };

/// The number of the gauge and of its attempt, counted from 1.
type Reading = (usize, usize);
type Outcome = Result<Reading, Reading>;
type Read<'a> = &'a (dyn Fn(usize) -> Outcome + Sync);

/// Compiled once, whatever is read.
fn call(gauges: usize, channels: usize, policy: Policy, read: Read<'_>) -> Vec<Outcome> {
    match catch(|| read_all(gauges, channels, policy, read)) {
        Ok(outcomes) => outcomes,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(Kind::Panicked, format!("`read_all` panicked with {message:?}, and no reading did"))
        }
    }
}

/// An attempt: its gauge, when it began, when it was over.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    gauge: usize,
    begun: Duration,
    over: Duration,
}

/// What happened in a call, in the order in which the attempts were over.
#[derive(Debug)]
struct Run {
    outcomes: Vec<Outcome>,
    started: Duration,
    returned: Duration,
    attempts: Vec<Attempt>,
}

impl Run {
    fn of(&self, gauge: usize) -> Vec<Attempt> {
        self.attempts.iter().filter(|attempt| attempt.gauge == gauge).copied().collect()
    }
}

/// Reads gauges that fail as often as `failures` says, and then answer. Each attempt takes what `takes` says.
fn run(
    failures: &[u64],
    channels: usize,
    policy: Policy,
    takes: impl Fn(usize, usize) -> Duration + Sync,
) -> Run {
    let (counts, attempts) = (Mutex::new(vec![0; failures.len()]), Mutex::new(Vec::new()));
    let read = |gauge: usize| {
        let begun = now();
        let number = {
            let mut counts = counts.lock().unwrap();
            counts[gauge] += 1;
            counts[gauge]
        };
        let takes = takes(gauge, number);
        if !takes.is_zero() {
            pause(takes);
        }
        attempts.lock().unwrap().push(Attempt { gauge, begun, over: now() });
        let reading = (gauge, number);
        if number as u64 > failures[gauge] { Ok(reading) } else { Err(reading) }
    };
    let started = now();
    let outcomes = call(failures.len(), channels, policy, &read);
    Run { outcomes, started, returned: now(), attempts: attempts.into_inner().unwrap() }
}

fn no_time(_: usize, _: usize) -> Duration {
    Duration::ZERO
}

/// The wait after an attempt, counted from 1.
fn wait(policy: &Policy, attempt: usize) -> Duration {
    (1..attempt).fold(policy.base.min(policy.cap), |wait, _| wait.saturating_mul(2).min(policy.cap))
}

fn wanted(failures: &[u64], attempts: u32) -> Vec<Outcome> {
    let outcome = |(gauge, failures): (usize, &u64)| {
        let attempts = attempts as usize;
        let answers = *failures as usize + 1;
        if answers <= attempts { Ok((gauge, answers)) } else { Err((gauge, attempts)) }
    };
    failures.iter().enumerate().map(outcome).collect()
}

fn each_gauge_has_its_outcome_in_order(check: &Check) {
    check.small("2 gauges and 1 channel", (vec![1u64, 0], 1usize, 2usize));
    check.forall(input::numbers_and_two(0..5, 0..=6, 1..=3, 1..=4), |(failures, channels, attempts)| {
        let policy = Policy { attempts: attempts as u32, ..SHORT };
        let run =
            run(&failures, channels, policy, |gauge, number| TICK * ((gauge * 3 + number) % 4) as u32 / 50);
        expect_eq(
            "the outcomes, each with its gauge and its attempt",
            run.outcomes.clone(),
            wanted(&failures, policy.attempts),
        );
        for (gauge, failures) in failures.iter().enumerate() {
            expect_eq(
                "how many attempts a gauge had",
                run.of(gauge).len(),
                attempts.min(*failures as usize + 1),
            );
        }
    });
}

/// Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Odd(usize);

fn results_may_have_any_type(check: &Check) {
    check.forall(input::pair(0..=5, 1..=3), |(gauges, channels)| {
        let read =
            |gauge| if gauge % 2 == 0 { Ok(Odd(gauge)) } else { Err(format!("gauge {gauge} is silent")) };
        let outcomes = read_all(gauges, channels, SHORT, read);
        expect_eq("the outcomes", outcomes, (0..gauges).map(read).collect());
    });
}

fn concurrent_calls_are_independent(check: &Check) {
    check.forall(input::numbers_and_two(0..4, 1..=3, 2..=3, 0..=2), |(failures, calls, panics)| {
        let gate = Gate::new();
        thread::scope(|scope| {
            for way in 0..panics {
                scope.spawn(move || {
                    let ended = catch(|| read_all(2, 1, SHORT, |gauge| ask(gauge, 2 + way as u64)));
                    match ended {
                        Ok(_) => fail(Kind::SwallowedPanic, "an attempt panicked, and `read_all` returned"),
                        Err(got) => expect_eq(
                            "the payload of the panic of one of several calls",
                            payload(&*got),
                            wanted_payload(0, 2 + way as u64),
                        ),
                    }
                });
            }
            // It keeps its only channel while the others use theirs.
            let held = scope.spawn(|| {
                call(1, 1, SHORT, &|gauge| {
                    gate.wait();
                    Ok((gauge, 1))
                })
            });
            let calls: Vec<_> =
                (0..calls).map(|_| scope.spawn(|| run(&failures, 1, SHORT, no_time).outcomes)).collect();
            for call in calls {
                expect_eq(
                    "the outcomes of one of several calls",
                    call.join().ok(),
                    Some(wanted(&failures, 3)),
                );
            }
            gate.open();
            expect_eq("the outcomes of a call that was held up", held.join().ok(), Some(vec![Ok((0, 1))]));
        });
    });
}

/// More than a number of 8 or 16 bits can say. Where the attempts are too many to be made, the gauges answer soon.
fn any_number_of_attempts_can_be_allowed(check: &Check) {
    const ATTEMPTS: [u32; 6] = [255, 256, 300, 65_536, u32::MAX - 1, u32::MAX];
    check.forall(input::numbers_and_two(0..4, 1..=2, 0..=5, 0..=1), |(mut failures, which, silent)| {
        let policy = Policy { attempts: ATTEMPTS[which], ..SHORT };
        if which < 3 && silent == 1 {
            failures[0] = 400;
        }
        let run = run(&failures, 1, policy, no_time);
        expect_eq("the outcomes", run.outcomes, wanted(&failures, policy.attempts));
    });
}

/// There are channels for all, so that nothing but the waits is between two attempts.
fn waits_are_kept(policy: &Policy, run: &Run, gauges: usize) {
    for gauge in 0..gauges {
        for (place, pair) in run.of(gauge).windows(2).enumerate() {
            let (waited, wanted) = (pair[1].begun - pair[0].over, wait(policy, place + 1));
            let told = || {
                let attempt = place + 1;
                format!(
                    "after its attempt {attempt} gauge {gauge} waited {waited:?}, and the wait should be {wanted:?}"
                )
            };
            let due = pair[0].over + wanted;
            let in_time = due.saturating_sub(Duration::from_micros(1))..=due + SOON;
            expect_in_time("the next attempt began", pair[1].begun, in_time, told);
        }
    }
}

fn each_wait_is_twice_the_one_before_up_to_the_cap(check: &Check) {
    check.forall(input::numbers_and_two(0..9, 1..=3, 1..=30, 1..=400), |(failures, base, cap)| {
        let policy = Policy { attempts: 8, base: TICK * base as u32, cap: TICK * cap as u32 };
        let run = run(&failures, failures.len(), policy, |gauge, _| TICK * gauge as u32);
        waits_are_kept(&policy, &run, failures.len());
        expect_eq("the outcomes", run.outcomes, wanted(&failures, 8));
    });
}

fn forty_attempts_and_more_can_be_made(check: &Check) {
    check.forall(input::triple(40..=140, 0..=2, 0..=1), |(attempts, base, answers)| {
        let base = [Duration::from_millis(1), TICK * 10, HOUR][base];
        let policy = Policy { attempts: attempts as u32, base, cap: 4 * HOUR };
        let failures = [attempts as u64 - answers as u64];
        let run = run(&failures, 1, policy, no_time);
        expect_eq("the outcomes", run.outcomes.clone(), wanted(&failures, policy.attempts));
        waits_are_kept(&policy, &run, 1);
    });
}

/// The base or the cap is as small or as large as a `Duration` can be.
fn bases_and_caps_of_any_size_can_be_used(check: &Check) {
    const BASES: [Duration; 6] = [
        Duration::from_nanos(1),
        Duration::from_micros(700),
        Duration::from_millis(1_500),
        Duration::from_secs(u32::MAX as u64 / 500),
        Duration::from_secs(1 << 40),
        Duration::MAX,
    ];
    check.forall(input::triple(0..=5, 0..=3, 1..=40), |(base, cap, attempts)| {
        let cap = [Duration::from_micros(900), 90 * TICK, 30 * 24 * HOUR, Duration::MAX][cap];
        // A wait of years is never begun.
        let attempts = if BASES[base].min(cap) > 40 * 24 * HOUR {
            1
        } else if cap == Duration::MAX {
            attempts.min(20)
        } else {
            attempts
        };
        let policy = Policy { attempts: attempts as u32, base: BASES[base], cap };
        let failures = [attempts as u64];
        let run = run(&failures, 1, policy, no_time);
        expect_eq("the outcomes", run.outcomes.clone(), wanted(&failures, policy.attempts));
        waits_are_kept(&policy, &run, 1);
    });
}

/// Its wait is longer than any clock can count. Meanwhile the others are read.
fn a_gauge_may_wait_for_ever(check: &Check) {
    const WAITS: [Duration; 3] =
        [Duration::MAX, Duration::MAX.saturating_sub(Duration::from_nanos(1)), Duration::from_secs(1 << 60)];
    check.forall(input::triple(0..=2, 1..=2, 0..=2), |(wait, channels, others)| {
        let policy = Policy { attempts: 3, base: WAITS[wait], cap: Duration::MAX };
        let meter = Meter::new();
        let watched = meter.clone();
        let call = thread::spawn(move || {
            let read = |gauge: usize| {
                drop(watched.enter());
                if gauge == 0 { Err((gauge, 1)) } else { Ok((gauge, 1)) }
            };
            catch(|| read_all(1 + others, channels, policy, read)).is_err()
        });
        pause(24 * HOUR);
        if call.is_finished() {
            let (kind, how) = match call.join() {
                Ok(false) => (Kind::TooEarly, "returned"),
                _ => (Kind::Panicked, "panicked"),
            };
            fail(kind, format!("a gauge waits for {:?}, and `read_all` has {how} after a day", WAITS[wait]));
        }
        expect_eq("how many attempts were made while a gauge waits for ever", meter.entered(), 1 + others);
    });
}

fn a_gauge_waits_for_nothing_after_its_last_attempt(check: &Check) {
    check.forall(input::numbers_and(0..4, 1..=3, 1..=3), |(failures, attempts)| {
        let policy = Policy { attempts: attempts as u32, base: HOUR, cap: HOUR };
        let run = run(&failures, 3, policy, |_, _| TICK);
        let last = run.attempts.iter().map(|attempt| attempt.over).max().unwrap_or(run.started);
        let took = run.returned - last;
        expect_in_time("`read_all` returned", run.returned, last..=last + SOON, || {
            format!("`read_all` returned {took:?} after the last attempt")
        });
    });
}

fn never_more_attempts_at_once_than_channels(check: &Check) {
    check.small("3 gauges and 2 channels", (vec![1u64, 0, 0], 2usize));
    check.forall(input::numbers_and(0..4, 0..=6, 1..=3), |(failures, channels)| {
        let (meter, asked) = (Meter::new(), AtomicUsize::new(0));
        call(failures.len(), channels, SHORT, &|gauge| {
            let _inside = meter.enter();
            meter.at_most(channels, "attempts");
            pause(TICK * (asked.fetch_add(1, Ordering::SeqCst) % 3) as u32 / 50);
            if failures[gauge] == 0 { Ok((gauge, 0)) } else { Err((gauge, 0)) }
        });
    });
}

/// The first gauges fail and wait for an hour. Meanwhile the others are read.
fn a_waiting_gauge_occupies_no_channel(check: &Check) {
    check.small("a gauge that waits, another one, and 1 channel", (1usize, 1usize, 1usize));
    check.forall(input::triple(1..=3, 1..=3, 1..=3), |(silent, others, channels)| {
        let policy = Policy { attempts: 2, base: HOUR, cap: HOUR };
        let failures: Vec<u64> = (0..silent + others).map(|gauge| u64::from(gauge < silent)).collect();
        let run = run(&failures, channels, policy, |_, _| TICK);
        let first = run.attempts.iter().filter(|attempt| attempt.over < run.started + HOUR).count();
        expect(first == failures.len(), Kind::Sequential, || {
            format!("{silent} of {} gauges wait for an hour, and {first} attempts were made meanwhile: a channel was not used", failures.len())
        });
    });
}

/// From all intervals of all attempts: while one was due and had not begun, every channel was taken.
fn an_attempt_begins_when_it_is_due(check: &Check) {
    check.forall(input::numbers_and_two(0..5, 1..=6, 1..=3, 1..=6), |(failures, channels, base)| {
        let policy = Policy { attempts: 4, base: TICK * base as u32, cap: TICK * 12 };
        let takes = |gauge: usize, number: usize| TICK * ((gauge + 2 * number) % 5) as u32 + TICK;
        let run = run(&failures, channels, policy, takes);
        for gauge in 0..failures.len() {
            let mut due = run.started;
            for (place, attempt) in run.of(gauge).into_iter().enumerate() {
                no_channel_was_free(&run.attempts, channels, due, attempt);
                due = attempt.over + wait(&policy, place + 1);
            }
        }
    });
}

/// A channel may be free for a moment, between two attempts.
fn no_channel_was_free(all: &[Attempt], channels: usize, due: Duration, attempt: Attempt) {
    let mut ends: Vec<Duration> = all.iter().map(|other| other.over).filter(|over| *over > due).collect();
    ends.push(due);
    for from in ends.into_iter().filter(|from| *from + SOON < attempt.begun) {
        // Whoever takes the channel has done so by then.
        let then = from + SOON;
        let busy = all.iter().filter(|other| other.begun <= then && then < other.over).count();
        expect(busy >= channels, Kind::Sequential, || {
            format!(
                "an attempt of gauge {} was due at {due:?} and began at {:?}, and at {then:?} only {busy} of {channels} channels were used",
                attempt.gauge, attempt.begun
            )
        });
    }
}

fn as_many_attempts_at_once_as_there_are_channels(check: &Check) {
    check.forall(input::pair(1..=5, 1..=7), |(channels, gauges)| {
        let (meter, gate) = (Meter::new(), Gate::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                call(gauges, channels, SHORT, &|gauge| {
                    let _inside = meter.enter();
                    gate.wait();
                    Ok((gauge, 1))
                })
            });
            settle();
            let (inside, wanted) = (meter.inside(), channels.min(gauges));
            expect(inside == wanted, Kind::Sequential, || {
                format!("{wanted} attempts should run at once, and {inside} do: {gauges} gauges, {channels} channels")
            });
            gate.open();
        });
    });
}

fn more_than_a_hundred_attempts_may_run_at_once(check: &Check) {
    check.forall(input::pair(101..=120, 0..=10), |(channels, more)| {
        let (meter, gate, policy) = (Meter::new(), Gate::new(), Policy { attempts: 1, ..SHORT });
        thread::scope(|scope| {
            scope.spawn(|| {
                let outcomes = call(channels + more, channels, policy, &|gauge| {
                    let _inside = meter.enter();
                    meter.at_most(channels, "attempts");
                    gate.wait();
                    Ok((gauge, 1))
                });
                expect_eq(
                    "the outcomes",
                    outcomes,
                    (0..channels + more).map(|gauge| Ok((gauge, 1))).collect(),
                );
            });
            settle();
            let inside = meter.inside();
            expect(inside == channels, Kind::Sequential, || {
                format!("{channels} attempts should run at once, and {inside} do")
            });
            gate.open();
        });
    });
}

fn no_channels_and_no_attempts_are_panics(check: &Check) {
    check.forall(input::triple(0..=3, 0..=1, 0..=1), |(gauges, channels, attempts)| {
        if channels + attempts == 2 {
            return;
        }
        let (policy, asked) = (Policy { attempts: attempts as u32, ..SHORT }, AtomicUsize::new(0));
        let ended = catch(|| {
            read_all(gauges, channels, policy, |_| {
                asked.fetch_add(1, Ordering::SeqCst);
                Ok::<(), ()>(())
            })
        });
        expect(ended.is_err(), Kind::WrongAnswer, || {
            format!(
                "with {channels} channels and {attempts} attempts `read_all` should panic, and it returned"
            )
        });
        expect_eq("how many attempts were made", asked.into_inner(), 0);
        every_thread_has_finished();
    });
}

fn a_wait_may_be_zero(check: &Check) {
    check.forall(input::numbers_and(0..5, 1..=4, 0..=1), |(failures, which)| {
        let (base, cap) = [(Duration::ZERO, HOUR), (HOUR, Duration::ZERO)][which];
        let run = run(&failures, 2, Policy { attempts: 4, base, cap }, no_time);
        expect_eq("the outcomes", run.outcomes, wanted(&failures, 4));
    });
}

/// A gauge whose number is 0 answers, 1 is silent; the others panic, each with a payload of its own.
fn ask(gauge: usize, number: u64) -> Outcome {
    match number {
        0 => Ok((gauge, 1)),
        1 => Err((gauge, 1)),
        2 => panic!("no number in it (the check makes it panic)"),
        3 => panic!("gauge {gauge} is broken (the check makes it panic)"),
        _ => panic_any(Odd(gauge)),
    }
}

fn payload(payload: &(dyn Any + Send)) -> String {
    if let Some(odd) = payload.downcast_ref::<Odd>() {
        return format!("{odd:?}");
    }
    let kind = if payload.is::<&'static str>() { "&str" } else { "String" };
    panic_message(payload).map_or("something else".to_owned(), |text| format!("the {kind} {text:?}"))
}

fn wanted_payload(gauge: usize, number: u64) -> String {
    match number {
        2 => format!("the &str {:?}", "no number in it (the check makes it panic)"),
        3 => format!("the String {:?}", format!("gauge {gauge} is broken (the check makes it panic)")),
        _ => format!("{:?}", Odd(gauge)),
    }
}

/// Later gauges panic earlier than the first one.
fn the_first_gauges_payload_comes_out(check: &Check) {
    check.forall(input::numbers_and_two(0..5, 1..=5, 1..=3, 0..=1), |(numbers, channels, slow)| {
        let ended = catch(|| {
            read_all(numbers.len(), channels, SHORT, |gauge| {
                pause(TICK * (slow * (numbers.len() - gauge)) as u32);
                ask(gauge, numbers[gauge])
            })
        });
        match (ended, numbers.iter().position(|number| *number > 1)) {
            (Ok(_), None) => {}
            (Ok(_), Some(gauge)) => fail(
                Kind::SwallowedPanic,
                format!("an attempt of gauge {gauge} panicked, and `read_all` returned"),
            ),
            (Err(got), None) => fail(Kind::Panicked, format!("`read_all` panicked with {}", payload(&*got))),
            (Err(got), Some(gauge)) => {
                expect_eq("the payload of the panic", payload(&*got), wanted_payload(gauge, numbers[gauge]));
            }
        }
    });
}

/// Gauges that panic have one attempt. The others have all of theirs.
fn a_panic_holds_up_no_other_gauge(check: &Check) {
    check.small("a gauge that panics, a silent one, and 1 channel", (vec![2u64, 1], 1usize));
    check.forall(input::numbers_and(0..5, 1..=5, 1..=3), |(numbers, channels)| {
        let asked = Mutex::new(vec![0; numbers.len()]);
        drop(catch(|| {
            read_all(numbers.len(), channels, SHORT, |gauge| {
                asked.lock().unwrap()[gauge] += 1;
                ask(gauge, numbers[gauge])
            })
        }));
        let wanted = numbers.iter().map(|number| if *number == 1 { 3 } else { 1 }).collect();
        expect_eq("how often each gauge was asked", asked.into_inner().unwrap(), wanted);
    });
}

/// The gauges that panic do so first. Then all channels are there for the others.
fn a_panic_frees_its_channel_at_once(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(channels, panics)| {
        let (meter, gate) = (Meter::new(), Gate::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                drop(catch(|| {
                    read_all(panics + channels, channels, SHORT, |gauge| {
                        if gauge < panics {
                            return ask(gauge, 2);
                        }
                        let _inside = meter.enter();
                        gate.wait();
                        ask(gauge, 0)
                    })
                }));
            });
            settle();
            pause(SOON);
            let inside = meter.inside();
            expect(inside == channels, Kind::Sequential, || {
                format!("{panics} attempts panicked, and now {channels} should run at once, and {inside} do")
            });
            gate.open();
        });
    });
}

fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and_two(0..4, 0..=5, 1..=3, 0..=1), |(numbers, channels, keep)| {
        let (drops, made) = (Drops::new(), Mutex::new(vec![0; numbers.len()]));
        let ended = catch(|| {
            read_all(numbers.len(), channels, SHORT, |gauge| {
                made.lock().unwrap()[gauge] += 1;
                let (token, last) = (drops.token(), made.lock().unwrap()[gauge] == 3);
                match numbers[gauge] {
                    0 => Ok(token),
                    1 => Err(token),
                    2 if last => Ok(token),
                    2 => Err(token),
                    _ if keep == 1 => Ok(token),
                    _ => panic!("a gauge is broken (the check makes it panic)"),
                }
            })
        });
        let wanted = if ended.is_ok() { numbers.len() } else { 0 };
        expect_eq("how many readings and errors are not dropped", drops.alive(), wanted);
        drop(ended);
        expect_eq("how many are not dropped in the end", drops.alive(), 0);
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.forall(input::numbers_and(0..5, 0..=5, 1..=3), |(numbers, channels)| {
        let meter = Meter::new();
        drop(catch(|| {
            read_all(numbers.len(), channels, SHORT, |gauge| {
                let _inside = meter.enter();
                pause(TICK * (numbers[gauge] % 2) as u32 / 50);
                ask(gauge, numbers[gauge])
            })
        }));
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("`read_all` has ended, and {} attempts still run", meter.inside())
        });
        every_thread_has_finished();
    });
}

/// Some gauges wait for an hour, and some for a channel.
fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..2, 1..=4, 1..=2), |(failures, channels)| {
        let policy = Policy { attempts: 2, base: HOUR, cap: HOUR };
        thread::scope(|scope| {
            scope.spawn(|| run(&failures, channels, policy, |_, _| 10 * TICK));
            for _ in 0..8 {
                pause(5 * TICK);
                settle();
            }
        });
    });
}
