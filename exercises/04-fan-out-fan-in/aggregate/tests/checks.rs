//! The contract of README.md, a check or more for each clause.

use std::cell::Cell;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use aggregate::fan_out_fan_in;
use harness::expect_in_any_order;
use harness::{
    Check, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq, input, now, pause,
    settle,
};

checks! {
    1 => the_aggregate_is_made_of_all_results_in_order;
    1 => each_task_is_processed_once;
    1 => two_calls_at_once_keep_apart;
    1 => a_call_waits_for_no_other_call simulated;
    1 => a_panic_in_one_call_does_not_reach_another;
    2 => each_failure_has_its_index_and_error;
    2 => a_task_that_panics_panics_the_call;
    3 => all_tasks_are_in_progress_at_once simulated;
    3 => more_than_a_hundred_tasks_are_in_progress_at_once simulated;
    3 => each_task_has_a_thread_of_its_own;
    3 => no_thread_is_left_behind;
}

const HOUR: Duration = Duration::from_hours(1);
const TICK: Duration = Duration::from_millis(100);

/// A result that can't be copied, so that it has to be handed over.
#[derive(Debug, PartialEq)]
struct Counted(u64);

/// An error that says nothing about its index.
#[derive(Debug, PartialEq)]
struct Refused(u64);

/// Every third number is refused; how long a number takes depends on it.
fn process(number: &u64) -> Result<Counted, Refused> {
    if !number.is_multiple_of(4) {
        pause(TICK * (number % 4) as u32);
    }
    if number.is_multiple_of(3) { Err(Refused(*number)) } else { Ok(Counted(*number)) }
}

/// What a call returned: all results as they were handed to `aggregate`, and the failures.
fn call(tasks: &[u64]) -> (Vec<Counted>, Vec<(usize, Refused)>) {
    fan_out_fan_in(tasks, process, |results| results)
}

fn wanted(tasks: &[u64]) -> (Vec<Counted>, Vec<(usize, Refused)>) {
    let good = tasks.iter().filter(|number| !number.is_multiple_of(3));
    let bad = tasks.iter().enumerate().filter(|(_, number)| number.is_multiple_of(3));
    (
        good.map(|number| Counted(*number)).collect(),
        bad.map(|(index, number)| (index, Refused(*number))).collect(),
    )
}

fn the_aggregate_is_made_of_all_results_in_order(check: &Check) {
    check.small("2 tasks, one of which fails", vec![3u64, 4]);
    check.forall(input::numbers(0..8, 0..=6), |tasks| {
        let called = Cell::new(0);
        let (results, _) = fan_out_fan_in(&tasks, process, |results| {
            called.set(called.get() + 1);
            results
        });
        expect_eq("the calls of `aggregate`", called.get(), 1);
        expect_eq("the results that `aggregate` got", results, wanted(&tasks).0);
    });
}

fn each_task_is_processed_once(check: &Check) {
    check.forall(input::numbers(0..8, 0..=12), |tasks| {
        let seen = Mutex::new(Vec::new());
        fan_out_fan_in(
            &tasks,
            |number| {
                seen.lock().unwrap().push(*number);
                process(number)
            },
            |_| (),
        );
        let seen = seen.into_inner().unwrap();
        expect_in_any_order("the tasks that `process` was called for", &seen, &tasks);
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::numbers_and(0..8, 0..=3, 0..=3), |(one, other)| {
        let other: Vec<u64> = (2..2 + other as u64).collect();
        thread::scope(|scope| {
            scope.spawn(|| expect_eq("what one of two calls returned", call(&one), wanted(&one)));
            expect_eq("what one of two calls returned", call(&other), wanted(&other));
        });
    });
}

/// One call takes an hour.
fn a_call_waits_for_no_other_call(check: &Check) {
    check.forall(input::numbers_and(0..8, 0..=3, 1..=3), |(tasks, long)| {
        thread::scope(|scope| {
            scope.spawn(|| {
                let process = |_: &u64| -> Result<(), ()> {
                    pause(HOUR);
                    Ok(())
                };
                fan_out_fan_in(&vec![0; long], process, |_| ())
            });
            settle();
            let began = now();
            expect_eq("what one of two calls returned", call(&tasks), wanted(&tasks));
            let took = now() - began;
            expect(took < HOUR / 2, Kind::Sequential, || {
                format!(
                    "one call takes an hour, and another one, which is done soon, returned after {took:?}"
                )
            });
        });
    });
}

fn each_failure_has_its_index_and_error(check: &Check) {
    check.small("2 tasks that fail", vec![3u64, 6]);
    check.forall(input::numbers(0..8, 0..=6), |tasks| {
        expect_eq("the failures", call(&tasks).1, wanted(&tasks).1);
    });
}

fn a_task_that_panics_panics_the_call(check: &Check) {
    check.forall(input::triple(1..=5, 0..=4, 0..=4), |(tasks, one, other)| {
        let (one, other) = (one % tasks, other % tasks);
        let (meter, called) = (Meter::new(), Cell::new(false));
        let tasks: Vec<usize> = (0..tasks).collect();
        let process = |task: &usize| -> Result<usize, String> {
            let _inside = meter.enter();
            if *task == one || *task == other {
                panic!("task {task} failed (the check makes it panic)");
            }
            pause(TICK * *task as u32);
            Ok(*task)
        };
        let outcome = catch(|| fan_out_fan_in(&tasks, process, |_| called.set(true)));
        expect(outcome.is_err(), Kind::SwallowedPanic, || {
            format!("`process` panicked for task {one}, and the call returned")
        });
        expect(!called.get(), Kind::WrongAnswer, || "`process` panicked, and `aggregate` was called".into());
        expect_eq("the tasks that were begun", meter.entered(), tasks.len());
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("the call has panicked, and {} tasks are still in progress", meter.inside())
        });
        every_thread_has_finished();
    });
}

/// Both are in progress when a task of one of them panics.
fn a_panic_in_one_call_does_not_reach_another(check: &Check) {
    check.small("a task in each call", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=4), |(bad, good)| {
        let fails = |tasks: usize| {
            let tasks: Vec<u64> = (0..tasks as u64).collect();
            let process = |task: &u64| -> Result<(), ()> {
                pause(TICK * *task as u32);
                panic!("task {task} failed (the check makes it panic)");
            };
            catch(|| fan_out_fan_in(&tasks, process, |_| ())).is_err()
        };
        let tasks: Vec<u64> = (0..good as u64).map(|task| 4 * task + 1).collect();
        thread::scope(|scope| {
            scope.spawn(|| {
                expect(fails(bad), Kind::SwallowedPanic, || {
                    "`process` panicked, and the call returned".into()
                });
            });
            let outcome = catch(|| call(&tasks));
            expect(outcome.is_ok(), Kind::WrongAnswer, || {
                "a task of one call panicked, and another call panicked, too".into()
            });
            expect_eq("what the other call returned", outcome.ok(), Some(wanted(&tasks)));
        });
    });
}

fn all_tasks_are_in_progress_at_once(check: &Check) {
    check.small("2 tasks", 2usize);
    check.forall(input::number(1..=9), overlap);
}

fn more_than_a_hundred_tasks_are_in_progress_at_once(check: &Check) {
    check.forall(input::number(101..=140), overlap);
}

fn each_task_has_a_thread_of_its_own(check: &Check) {
    check.small("2 tasks", 2usize);
    check.forall(input::number(1..=6), |tasks| {
        let tasks: Vec<u64> = (0..tasks as u64).collect();
        let threads = Mutex::new(vec![thread::current().id()]);
        let process = |task: &u64| -> Result<u64, ()> {
            threads.lock().unwrap().push(thread::current().id());
            Ok(*task)
        };
        fan_out_fan_in(&tasks, process, |_| ());
        let threads = threads.into_inner().unwrap();
        let others = |place: usize| threads[..place].contains(&threads[place]);
        let shared = (1..threads.len()).filter(|place| others(*place)).count();
        expect(shared == 0, Kind::WrongAnswer, || {
            format!(
                "each of {} tasks should have a thread of its own; {shared} ran on the caller's thread, or on that of another task",
                tasks.len()
            )
        });
    });
}

fn overlap(tasks: usize) {
    let meter = Meter::new();
    let tasks: Vec<usize> = (0..tasks).collect();
    let process = |task: &usize| -> Result<usize, usize> {
        let _inside = meter.enter();
        pause(TICK);
        if task.is_multiple_of(2) { Err(*task) } else { Ok(*task) }
    };
    fan_out_fan_in(&tasks, process, |_| ());
    expect(meter.peak() == tasks.len(), Kind::Sequential, || {
        format!(
            "the number of tasks in progress at once should reach {}; the most was {}",
            tasks.len(),
            meter.peak()
        )
    });
}

fn no_thread_is_left_behind(check: &Check) {
    check.forall(input::numbers(0..8, 0..=4), |tasks| {
        call(&tasks);
        every_thread_has_finished();
    });
}
