//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::panic::panic_any;
use std::sync::{Arc, OnceLock, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, expect, expect_eq};
use harness::{fail, input, panic_message, pause, settle};
use phone_lines::Exchange;

checks! {
    1 => a_call_returns_what_was_said;
    1 => a_line_is_for_one_call_at_a_time;
    1 => exchanges_are_independent;
    1 => calls_wait_at_two_exchanges simulated;
    2 => lines_are_dialled_when_they_are_needed;
    2 => never_more_lines_than_there_are;
    2 => an_idle_line_is_taken_after_a_failure;
    2 => a_waiting_call_takes_an_idle_line;
    2 => no_lines_is_a_panic;
    3 => lines_are_dialled_at_the_same_time simulated;
    3 => as_many_calls_at_once_as_lines simulated;
    3 => nobody_waits_for_the_dialling_of_another_line;
    3 => a_waiting_call_begins_at_once simulated;
    3 => a_waiting_call_begins_whichever_call_ends simulated;
    3 => a_dial_may_call_the_exchange;
    3 => a_talk_may_call_the_exchange;
    4 => a_failed_dial_costs_only_its_caller;
    4 => a_panic_of_dial_costs_only_its_caller;
    4 => a_panic_of_talk_costs_only_its_caller;
    4 => waiting_calls_begin_after_a_failure;
    5 => every_line_is_dropped_once;
    6 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);

/// Neither `Clone` nor `Copy`.
struct Line {
    /// As many as were dialled before it.
    number: usize,
    talks: usize,
    _token: Box<dyn Any + Send>,
}

type Office = Exchange<Line, String>;

/// Counts the lines of an exchange.
#[derive(Clone)]
struct Counts {
    alive: Drops,
    dialling: Meter,
}

impl Counts {
    fn new() -> Self {
        Self { alive: Drops::new(), dialling: Meter::new() }
    }

    /// An exchange whose `dial` calls `connect` with the number of each line, counted from 0.
    fn office(
        &self,
        lines: usize,
        connect: impl Fn(usize) -> Result<(), String> + Send + Sync + 'static,
    ) -> Arc<Office> {
        let counts = self.clone();
        let dial = move || {
            let _inside = counts.dialling.enter();
            let (number, token) = (counts.dialled() - 1, counts.alive.token());
            let alive = counts.alive.alive();
            expect(alive <= lines, Kind::Oversubscribed, || {
                format!(
                    "{alive} lines exist at once, those that are being dialled included, and there are {lines}"
                )
            });
            connect(number)?;
            Ok(Line { number, talks: 0, _token: Box::new(token) })
        };
        let dial: Box<dyn Fn() -> Result<Line, String> + Send + Sync> = Box::new(dial);
        Arc::new(Exchange::new(lines, dial))
    }

    /// How often `dial` was called.
    fn dialled(&self) -> usize {
        self.dialling.entered()
    }
}

fn office(lines: usize) -> Arc<Office> {
    Counts::new().office(lines, |_| Ok(()))
}

fn call<R>(office: &Office, talk: impl FnOnce(&mut Line) -> R) -> R {
    match office.call(talk) {
        Ok(said) => said,
        Err(error) => fail(
            Kind::WrongAnswer,
            format!("`call` returned the error {error:?}, and no `dial` returned it to this call"),
        ),
    }
}

/// A call on a thread of its own, which talks or waits when this returns.
fn begin<R: Send + 'static>(
    office: &Arc<Office>,
    call: impl FnOnce(&Office) -> R + Send + 'static,
) -> JoinHandle<R> {
    let office = Arc::clone(office);
    let thread = thread::spawn(move || call(&office));
    settle();
    thread
}

#[track_caller]
fn ended<R>(thread: JoinHandle<R>) -> R {
    match thread.join() {
        Ok(returned) => returned,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(
                Kind::Panicked,
                format!("a call panicked with {message:?}, and neither its `dial` nor its `talk` did"),
            )
        }
    }
}

/// As many calls as there are lines, first at any time, and then all at once.
fn all_lines_talk(office: &Arc<Office>, lines: usize) {
    let call = |_| {
        let office = Arc::clone(office);
        thread::spawn(move || call(&office, |_| ()))
    };
    let calls: Vec<_> = (0..lines).map(call).collect();
    calls.into_iter().for_each(ended);
    one_inside_the_other(office, lines);
}

/// A call in the talk of another one, until all lines are in use.
fn one_inside_the_other(office: &Office, lines: usize) {
    if lines > 0 {
        match catch(|| office.call(|_| one_inside_the_other(office, lines - 1))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => fail(Kind::WrongAnswer, format!("a call returned the error {error:?}")),
            Err(payload) => {
                let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
                fail(
                    Kind::Panicked,
                    format!("a call panicked with {message:?}, and neither its `dial` nor its `talk` did"),
                )
            }
        }
    }
}

fn a_call_returns_what_was_said(check: &Check) {
    check.forall(input::numbers_and(0..9, 0..=5, 1..=3), |(numbers, lines)| {
        let office = office(lines);
        for (before, n) in numbers.iter().enumerate() {
            let me = thread::current().id();
            let said = call(&office, |line| {
                let talks = (line.number, line.talks);
                line.talks += 1;
                (talks, n * 2, thread::current().id() == me)
            });
            expect_eq("what a call returned", said, ((0, before), n * 2, true));
        }
    });
}

fn a_line_is_for_one_call_at_a_time(check: &Check) {
    check.small("2 calls and 1 line", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..3, 1..=6, 1..=3), |(numbers, lines)| {
        let (office, meter) = (office(lines), Meter::new());
        thread::scope(|scope| {
            for n in &numbers {
                let (office, meter) = (&office, &meter);
                scope.spawn(move || {
                    call(office, |line| {
                        let _inside = meter.enter();
                        meter.at_most(lines, "talks");
                        line.talks += 1;
                        pause(TICK * *n as u32);
                    });
                });
            }
        });
        expect_eq("how many talks there were", meter.entered(), numbers.len());
    });
}

fn exchanges_are_independent(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(one, other)| {
        let (busy, open) = (office(one), office(other));
        call(&busy, |line| {
            all_lines_talk(&open, other);
            expect_eq("the number of the line", line.number, 0);
        });
    });
}

fn lines_are_dialled_when_they_are_needed(check: &Check) {
    check.forall(input::numbers_and(1..4, 0..=5, 1..=4), |(depths, lines)| {
        let counts = Counts::new();
        let office = counts.office(lines, |_| Ok(()));
        let mut needed = 0;
        for depth in depths {
            let depth = (depth as usize).min(lines);
            one_inside_the_other(&office, depth);
            needed = needed.max(depth);
            let dialled = counts.dialled();
            expect(dialled == needed, Kind::WrongAnswer, || {
                format!("at most {needed} calls were under way at once, and {dialled} lines were dialled")
            });
        }
    });
}

/// `dial` counts what exists, and takes its time.
fn never_more_lines_than_there_are(check: &Check) {
    check.small("2 calls and 1 line", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..6, 1..=6, 1..=3), |(numbers, lines)| {
        let counts = Counts::new();
        let office = counts.office(lines, |number| {
            pause(TICK * (number % 2) as u32);
            if number % 3 == 2 { Err("noise".to_owned()) } else { Ok(()) }
        });
        thread::scope(|scope| {
            for n in &numbers {
                let (office, n) = (&office, *n);
                scope.spawn(move || drop(office.call(|_| pause(TICK * (n / 2) as u32))));
            }
        });
        let alive = counts.alive.alive();
        expect(alive <= lines, Kind::Oversubscribed, || {
            format!("{alive} lines exist at once, and there are {lines}")
        });
    });
}

/// A line is dialled, another call ends meanwhile, and then the dialling fails or panics.
fn an_idle_line_is_taken_after_a_failure(check: &Check) {
    check.forall(input::triple(2..=3, 1..=3, 0..=1), |(lines, later, panics)| {
        let (counts, gate, inside, talk) = (Counts::new(), Gate::new(), Gate::new(), Gate::new());
        let (held, entered) = (gate.clone(), inside.clone());
        let office = counts.office(lines, move |number| {
            if number != 1 {
                return Ok(());
            }
            entered.open();
            held.wait();
            assert!(panics == 0, "thunder (the check makes it panic)");
            Err("noise".to_owned())
        });
        let (talking, done) = (Gate::new(), talk.clone());
        let there = talking.clone();
        let first = begin(&office, move |office| {
            call(office, |_| {
                there.open();
                done.wait();
            });
        });
        talking.wait();
        let failing = begin(&office, |office| !matches!(catch(|| office.call(|_| ())), Ok(Ok(()))));
        inside.wait();
        talk.open();
        ended(first);
        gate.open();
        expect_eq("whether the call failed whose `dial` failed or panicked", ended(failing), true);
        for _ in 0..later {
            call(&office, |line| expect_eq("the number of the line that was idle", line.number, 0));
        }
        expect_eq("how many lines were dialled", counts.dialled(), 2);
    });
}

/// Calls wait. Lines become idle, enough for all of them, and only then a dialling fails or panics.
fn a_waiting_call_takes_an_idle_line(check: &Check) {
    check.small("2 lines, one of which becomes idle, and 1 waiting call", (2usize, 1usize, 0usize));
    check.forall(input::triple(2..=3, 1..=2, 0..=1), |(lines, waiting, panics)| {
        let (counts, gate, inside, talk) = (Counts::new(), Gate::new(), Gate::new(), Gate::new());
        let (held, entered) = (gate.clone(), inside.clone());
        let office = counts.office(lines, move |number| {
            if number != lines - 1 {
                return Ok(());
            }
            entered.open();
            held.wait();
            assert!(panics == 0, "thunder (the check makes it panic)");
            Err("noise".to_owned())
        });
        let begin_to_talk = |_| {
            let (talking, done) = (Gate::new(), talk.clone());
            let there = talking.clone();
            let thread = begin(&office, move |office| {
                call(office, |_| {
                    there.open();
                    done.wait();
                });
            });
            talking.wait();
            thread
        };
        let talks: Vec<_> = (1..lines).map(begin_to_talk).collect();
        let failing = begin(&office, |office| !matches!(catch(|| office.call(|_| ())), Ok(Ok(()))));
        inside.wait();
        let patient = |_| begin(&office, |office| call(office, |_| ()));
        let patient: Vec<_> = (0..waiting.min(lines - 1)).map(patient).collect();
        talk.open();
        talks.into_iter().for_each(ended);
        gate.open();
        expect_eq("whether the call failed whose `dial` failed or panicked", ended(failing), true);
        patient.into_iter().for_each(ended);
        expect_eq("how many lines were dialled", counts.dialled(), lines);
    });
}

fn no_lines_is_a_panic(check: &Check) {
    check.schedules(|| {
        let outcome = catch(|| drop(Office::new(0, || Err("not to be called".to_owned()))));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 lines `new` should panic, and it returned".into()
        });
    });
}

fn lines_are_dialled_at_the_same_time(check: &Check) {
    check.small("2 calls and 2 lines", 2usize);
    check.forall(input::number(2..=4), |lines| {
        let (counts, gate) = (Counts::new(), Gate::new());
        let held = gate.clone();
        let office = counts.office(lines, move |_| {
            held.wait();
            Ok(())
        });
        let calls: Vec<_> = (0..lines).map(|_| begin(&office, |office| call(office, |_| ()))).collect();
        settle();
        let dialling = counts.dialling.inside();
        expect(dialling == lines, Kind::Sequential, || {
            format!("{lines} calls need new lines, there is a place for each, and {dialling} of them are in `dial`")
        });
        gate.open();
        calls.into_iter().for_each(ended);
    });
}

fn as_many_calls_at_once_as_lines(check: &Check) {
    check.forall(input::hundred_and(1..=4, 1..=3), |(lines, rounds)| {
        let office = office(lines);
        for _ in 0..rounds {
            let (meter, gate) = (Meter::new(), Gate::new());
            let calls: Vec<_> = (0..lines)
                .map(|_| {
                    let (meter, gate) = (meter.clone(), gate.clone());
                    begin(&office, move |office| {
                        call(office, |_| {
                            let _inside = meter.enter();
                            gate.wait();
                        });
                    })
                })
                .collect();
            settle();
            let inside = meter.inside();
            expect(inside == lines, Kind::Sequential, || {
                format!("there are {lines} lines and {lines} calls, and {inside} of them talk")
            });
            gate.open();
            calls.into_iter().for_each(ended);
        }
    });
}

/// One line is being dialled until another call has ended, and others have begun and ended.
fn nobody_waits_for_the_dialling_of_another_line(check: &Check) {
    check.small("a call that ends while a line is dialled", (2usize, 1usize));
    check.forall(input::pair(2..=3, 1..=3), |(lines, calls)| {
        let (counts, gate, inside, talk) = (Counts::new(), Gate::new(), Gate::new(), Gate::new());
        let (held, entered) = (gate.clone(), inside.clone());
        let office = counts.office(lines, move |number| {
            if number == 1 {
                entered.open();
                held.wait();
            }
            Ok(())
        });
        let (talking, done) = (Gate::new(), talk.clone());
        let there = talking.clone();
        let first = begin(&office, move |office| {
            call(office, |_| {
                there.open();
                done.wait();
            });
        });
        talking.wait();
        let slow = begin(&office, |office| call(office, |_| ()));
        inside.wait();
        talk.open();
        ended(first);
        (0..calls).for_each(|_| call(&office, |_| ()));
        gate.open();
        ended(slow);
    });
}

/// Time does not move between the end of a call and the look.
fn a_waiting_call_begins_at_once(check: &Check) {
    check.small("1 waiting call and 1 line", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=4), |(lines, waiting)| {
        let (office, meter) = (office(lines), Meter::new());
        let (first, second) = (Gate::new(), Gate::new());
        let talk = |gate: &Gate| {
            let (gate, meter) = (gate.clone(), meter.clone());
            move |office: &Office| {
                call(office, |_| {
                    let _inside = meter.enter();
                    gate.wait();
                });
            }
        };
        let mut calls: Vec<_> = (0..lines).map(|_| begin(&office, talk(&first))).collect();
        calls.extend((0..waiting).map(|_| begin(&office, talk(&second))));
        pause(TICK / 3);
        first.open();
        settle();
        let (talking, wanted) = (meter.inside(), lines.min(waiting));
        expect(talking == wanted, Kind::TooLate, || {
            format!(
                "calls that ended: {lines}; calls that waited: {waiting}; of these, calls that talk now: {talking}, expected {wanted}"
            )
        });
        second.open();
        calls.into_iter().for_each(ended);
    });
}

/// All lines talk, and others wait, at each exchange. Then the same one of those that talk ends at each, one after the other.
fn one_ends_and_one_begins(exchanges: usize, lines: usize, waiting: usize, which: usize) {
    let (mut calls, last) = (Vec::new(), Gate::new());
    let talk = |gate: &Gate, meter: &Meter| {
        let (gate, meter) = (gate.clone(), meter.clone());
        move |office: &Office| {
            call(office, |_| {
                let _inside = meter.enter();
                gate.wait();
            });
        }
    };
    let offices: Vec<_> = (0..exchanges)
        .map(|_| {
            let (office, meter) = (office(lines), Meter::new());
            let gates: Vec<_> = (0..lines).map(|_| Gate::new()).collect();
            calls.extend(gates.iter().map(|gate| begin(&office, talk(gate, &meter))));
            (office, meter, gates)
        })
        .collect();
    // Whoever waits longest waits at the last one.
    for (office, meter, _) in offices.iter().rev() {
        calls.extend((0..waiting).map(|_| begin(office, talk(&last, meter))));
    }
    pause(TICK / 3);
    for (_, meter, gates) in &offices {
        expect_eq("how many calls have talked while all lines are in use", meter.entered(), lines);
        gates[which % lines].open();
        settle();
        let talked = meter.entered() - lines;
        expect(talked == 1, Kind::TooLate, || {
            format!(
                "at one exchange, calls that ended: 1; calls that waited: {waiting}; of these, calls that talk now: {talked}, expected 1"
            )
        });
    }
    offices.iter().flat_map(|(_, _, gates)| gates).for_each(Gate::open);
    last.open();
    calls.into_iter().for_each(ended);
}

fn calls_wait_at_two_exchanges(check: &Check) {
    check.small("1 line and 1 waiting call at each of 2 exchanges", 1usize);
    check.forall(input::number(1..=3), |waiting| one_ends_and_one_begins(2, 1, waiting, 0));
}

fn a_waiting_call_begins_whichever_call_ends(check: &Check) {
    check.forall(input::triple(1..=4, 1..=3, 0..=3), |(lines, waiting, which)| {
        one_ends_and_one_begins(1, lines, waiting, which);
    });
}

/// An exchange that its own lines can reach.
fn own(lines: usize, connect: impl Fn(usize, &Office) + Send + Sync + 'static) -> Arc<Office> {
    let own = Arc::<OnceLock<Weak<Office>>>::default();
    let inner = Arc::clone(&own);
    let office = Counts::new().office(lines, move |number| {
        if let Some(office) = inner.get().and_then(Weak::upgrade) {
            connect(number, &office);
        }
        Ok(())
    });
    let _ = own.set(Arc::downgrade(&office));
    office
}

fn a_dial_may_call_the_exchange(check: &Check) {
    check.forall(input::number(2..=4), |lines| {
        let office = own(lines, move |number, office| {
            if number + 1 < lines {
                call(office, |_| ());
            }
        });
        call(&office, |_| ());
        all_lines_talk(&office, lines);
    });
}

fn a_talk_may_call_the_exchange(check: &Check) {
    check.forall(input::number(2..=4), |lines| {
        let office = office(lines);
        one_inside_the_other(&office, lines);
        all_lines_talk(&office, lines);
    });
}

/// Those with the number 1 fail.
fn a_failed_dial_costs_only_its_caller(check: &Check) {
    check.forall(input::numbers_and(0..2, 1..=6, 1..=3), |(fates, lines)| {
        let script = fates.clone();
        let counts = Counts::new();
        let office = counts.office(lines, move |number| {
            if script.get(number) == Some(&1) { Err(format!("noise {number}")) } else { Ok(()) }
        });
        let fails = fates.iter().take_while(|fate| **fate == 1).count();
        for number in 0..fails {
            let mut talked = false;
            let outcome = office.call(|_| talked = true);
            expect_eq("what a call returned whose `dial` failed", outcome, Err(format!("noise {number}")));
            expect_eq("whether it has talked", talked, false);
        }
        if fails == fates.len() {
            all_lines_talk(&office, lines);
        } else {
            call(&office, |line| expect_eq("the number of the line", line.number, fails));
        }
    });
}

#[derive(Debug, PartialEq)]
struct Odd(usize);

/// Panics in one of three ways.
fn explode(what: usize, number: usize) -> ! {
    match what {
        0 => panic!("no number in it"),
        1 => panic!("thunder {number} (the check makes it panic)"),
        _ => panic_any(Odd(number)),
    }
}

fn exploded<R>(what: usize, number: usize, outcome: Result<R, Box<dyn Any + Send>>) {
    let Err(payload) = outcome else {
        fail(Kind::SwallowedPanic, "`dial` or `talk` panicked, and `call` returned")
    };
    let right = match what {
        0 => panic_message(&*payload) == Some("no number in it"),
        1 => panic_message(&*payload) == Some(&*format!("thunder {number} (the check makes it panic)")),
        _ => payload.downcast_ref() == Some(&Odd(number)),
    };
    expect(right, Kind::WrongAnswer, || "the payload is not the one of the panic in `dial` or `talk`".into());
}

fn a_panic_of_dial_costs_only_its_caller(check: &Check) {
    check.forall(input::triple(0..=2, 1..=4, 1..=3), |(what, panics, lines)| {
        let office = Counts::new()
            .office(lines, move |number| if number < panics { explode(what, number) } else { Ok(()) });
        for number in 0..panics {
            exploded(what, number, catch(|| office.call(|_| ())));
        }
        all_lines_talk(&office, lines);
    });
}

fn a_panic_of_talk_costs_only_its_caller(check: &Check) {
    check.forall(input::triple(0..=2, 1..=4, 1..=3), |(what, panics, lines)| {
        let counts = Counts::new();
        let office = counts.office(lines, |_| Ok(()));
        for number in 0..panics {
            exploded(what, number, catch(|| office.call::<()>(|_| explode(what, number))));
        }
        expect_eq("how many lines were dialled", counts.dialled(), 1);
        all_lines_talk(&office, lines);
        expect_eq("how many lines were dialled for as many calls as lines", counts.dialled(), lines);
    });
}

/// Calls wait while the `dial` of others fails or panics, or while their `talk` panics.
fn waiting_calls_begin_after_a_failure(check: &Check) {
    check.small("a dial that fails, a call that waits, and 1 line", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=2, 1..=4, 0..=2), |(lines, waiting, how)| {
        let (counts, gate) = (Counts::new(), Gate::new());
        let held = gate.clone();
        let office = counts.office(lines, move |number| {
            if number >= lines || how == 2 {
                return Ok(());
            }
            held.wait();
            assert!(how == 0, "thunder (the check makes it panic)");
            Err("noise".to_owned())
        });
        let failing: Vec<_> = (0..lines)
            .map(|_| {
                let gate = gate.clone();
                begin(&office, move |office| {
                    let outcome = catch(|| {
                        office.call(|_| {
                            gate.wait();
                            assert!(how != 2, "thunder (the check makes it panic)");
                        })
                    });
                    matches!(outcome, Ok(Ok(())))
                })
            })
            .collect();
        let patient = |_| begin(&office, |office| matches!(catch(|| office.call(|_| ())), Ok(Ok(()))));
        let patient: Vec<_> = (0..waiting).map(patient).collect();
        gate.open();
        let served = failing.into_iter().chain(patient).map(ended).filter(|served| *served).count();
        expect_eq("how many calls have talked", served, waiting);
    });
}

fn every_line_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=5, 1..=3), |(fates, lines)| {
        let counts = Counts::new();
        let office =
            counts.office(lines, |number| if number % 3 == 1 { Err("noise".to_owned()) } else { Ok(()) });
        let calls: Vec<_> = fates
            .iter()
            .map(|fate| {
                let (office, fate) = (Arc::clone(&office), *fate);
                thread::spawn(move || {
                    let talk = |line: &mut Line| {
                        line.talks += 1;
                        pause(TICK);
                        assert!(fate != 1, "thunder (the check makes it panic)");
                    };
                    drop(office.call(talk));
                })
            })
            .collect();
        for (fate, call) in fates.iter().zip(calls) {
            // Its `dial` may have failed, so that it never talked.
            expect(call.join().is_ok() || *fate == 1, Kind::Panicked, || {
                "a call panicked, and its `talk` did not".into()
            });
        }
        drop(office);
        expect_eq("how many lines are not dropped after the exchange", counts.alive.alive(), 0);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::pair(1..=3, 1..=4), |(lines, waiting)| {
        let (office, gate) = (office(lines), Gate::new());
        let calls: Vec<_> = (0..lines + waiting)
            .map(|_| {
                let gate = gate.clone();
                begin(&office, move |office| call(office, |_| gate.wait()))
            })
            .collect();
        pause(TICK);
        settle();
        gate.open();
        calls.into_iter().for_each(ended);
    });
}
