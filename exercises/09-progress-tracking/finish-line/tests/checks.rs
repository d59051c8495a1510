//! The contract of README.md, a check or more for each clause.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use finish_line::race;
use harness::{
    Check, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq,
    expect_in_any_order,
};
use harness::{input, now, pause, settle};

checks! {
    1 => each_arrival_is_announced_with_its_place simulated;
    1 => each_runner_runs_once;
    1 => two_races_at_once_keep_apart;
    2 => all_runners_run_at_once simulated;
    2 => a_runner_is_announced_when_it_arrives simulated;
    3 => any_number_may_give_up;
    3 => a_runner_that_panics_panics_the_call;
    3 => no_thread_is_left_behind;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// Numbers of runners for which a program may have too few threads.
const MANY: [usize; 4] = [65, 101, 150, 300];
/// What a runner may take for a tick. For the longest, the judge waits for an hour.
const TICKS: [Duration; 4] = [TICK, TICK, Duration::from_secs(61), Duration::from_mins(12)];

/// The announcements of a race in which a runner takes as many ticks as it is given, and gives up if that is a multiple
/// of three.
fn announced(ticks: &[u64], tick: Duration) -> Vec<(usize, usize)> {
    let mut announced = Vec::new();
    let run = |runner: usize| {
        if ticks[runner] > 0 {
            pause(tick * ticks[runner] as u32);
        }
        arrives(ticks[runner])
    };
    race(ticks.len(), run, |place, runner| announced.push((place, runner)));
    announced
}

fn arrives(ticks: u64) -> bool {
    !ticks.is_multiple_of(3)
}

fn expect_all(ticks: &[u64], tick: Duration) {
    let (places, runners): (Vec<_>, Vec<_>) = announced(ticks, tick).into_iter().unzip();
    let wanted: Vec<usize> = (0..ticks.len()).filter(|runner| arrives(ticks[*runner])).collect();
    expect_eq("the announced places", places, (1..=wanted.len()).collect());
    expect_in_any_order("the announced runners", &runners, &wanted);
}

fn each_arrival_is_announced_with_its_place(check: &Check) {
    check.small("2 runners", (vec![1u64, 1], 0usize));
    check.forall(input::numbers_and(0..6, 0..=6, 0..=3), |(ticks, tick)| expect_all(&ticks, TICKS[tick]));
}

fn each_runner_runs_once(check: &Check) {
    check.forall(input::pair(0..=8, 1..=3), |(runners, every)| {
        let seen = Mutex::new(Vec::new());
        let run = |runner: usize| {
            seen.lock().unwrap().push(runner);
            runner.is_multiple_of(every)
        };
        race(runners, run, |_, _| ());
        let (seen, wanted) = (seen.into_inner().unwrap(), (0..runners).collect::<Vec<_>>());
        expect_in_any_order("the runners that `run` was called for", &seen, &wanted);
    });
}

fn two_races_at_once_keep_apart(check: &Check) {
    check.forall(input::numbers_and(1..6, 0..=3, 0..=3), |(one, other)| {
        let other = vec![1; other];
        thread::scope(|scope| {
            scope.spawn(|| expect_all(&one, TICK));
            expect_all(&other, TICK);
        });
    });
}

fn all_runners_run_at_once(check: &Check) {
    check.forall(input::number(1..=24), |runners| {
        let runners = if runners > 20 { MANY[runners - 21] } else { runners };
        let (meter, gate) = (Meter::new(), Gate::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                let run = |_| {
                    let _inside = meter.enter();
                    gate.wait();
                    true
                };
                race(runners, run, |_, _| ());
            });
            settle();
            let inside = meter.inside();
            expect(inside == runners, Kind::Sequential, || {
                format!("{runners} runners should run at once, and {inside} do")
            });
            gate.open();
        });
    });
}

fn a_runner_is_announced_when_it_arrives(check: &Check) {
    check.forall(input::numbers(1..9, 1..=6), |ticks| {
        let arrived = Mutex::new(vec![None; ticks.len()]);
        let run = |runner: usize| {
            pause(TICK * ticks[runner] as u32);
            arrived.lock().unwrap()[runner] = Some(now());
            arrives(ticks[runner])
        };
        race(ticks.len(), run, |_, runner| {
            let (now, at) = (now(), arrived.lock().unwrap().get(runner).copied().flatten());
            let Some(at) = at else {
                harness::fail(
                    Kind::TooEarly,
                    format!("runner {runner} was announced, and it has not arrived"),
                );
            };
            expect(now <= at + SOON, Kind::TooLate, || {
                format!("runner {runner} arrived at {at:?} and was announced at {now:?}")
            });
        });
    });
}

fn any_number_may_give_up(check: &Check) {
    check.small("2 runners, one of whom gives up", (2usize, 1usize));
    check.forall(input::pair(0..=6, 0..=6), |(runners, quitters)| {
        let mut announced = 0;
        race(runners, |runner| runner >= quitters, |_, _| announced += 1);
        expect_eq("the number of announcements", announced, runners.saturating_sub(quitters));
    });
}

fn a_runner_that_panics_panics_the_call(check: &Check) {
    check.forall(input::triple(1..=5, 0..=4, 0..=4), |(runners, one, other)| {
        let (one, other) = (one % runners, other % runners);
        let (meter, mut announced) = (Meter::new(), Vec::new());
        let run = |runner| {
            let _inside = meter.enter();
            if runner == one || runner == other {
                panic!("runner {runner} fell (the check makes it panic)");
            }
            pause(TICK * runner as u32);
            true
        };
        let outcome = catch(|| race(runners, run, |_, runner| announced.push(runner)));
        expect(outcome.is_err(), Kind::SwallowedPanic, || {
            format!("`run` panicked for runner {one}, and the call returned")
        });
        let wanted: Vec<usize> = (0..runners).filter(|runner| ![one, other].contains(runner)).collect();
        expect_in_any_order("the announced runners", &announced, &wanted);
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("the call has panicked, and {} runners still run", meter.inside())
        });
        every_thread_has_finished();
    });
}

fn no_thread_is_left_behind(check: &Check) {
    check.forall(input::numbers(0..4, 0..=4), |ticks| {
        announced(&ticks, TICK);
        every_thread_has_finished();
    });
}
