//! The contract of README.md, a check or more for each clause.

use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, expect_in_time, fail, input, now, panic_message, pause, settle};
use night_shift::{Outcome, Shift};

checks! {
    1 => results_come_in_the_order_of_the_numbers;
    1 => each_job_is_called_once_and_has_its_outcome;
    1 => no_job_is_lost_when_others_panic;
    1 => a_job_may_submit;
    1 => several_submitters_and_two_shifts_keep_apart;
    2 => as_many_jobs_at_once_as_there_are_workers simulated;
    2 => a_free_worker_begins_a_job_at_once simulated;
    2 => panics_cost_no_worker simulated;
    2 => submit_waits_for_no_job simulated;
    3 => never_more_jobs_at_once_than_workers;
    3 => no_workers_is_a_panic;
    4 => a_panic_may_have_any_payload;
    5 => finish_waits_for_every_job;
    5 => a_dropped_shift_waits_for_every_job;
    5 => a_shift_dropped_by_a_panic_waits_for_every_job;
    5 => everything_is_dropped_once;
    6 => nothing_is_left_behind;
    7 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// How long a shift has nothing to do, so that no worker takes that for the end.
const IDLE: [Duration; 3] = [Duration::ZERO, Duration::from_secs(60), Duration::from_hours(24)];

/// The second of each three numbers panics.
fn render(number: u64) -> u64 {
    assert!(number % 3 != 1, "clip {number} is damaged (the check makes it panic)");
    number * 10
}

/// What should become of [`render`].
fn wanted(numbers: &[u64]) -> Vec<Outcome<u64>> {
    let outcome = |n: &u64| if n % 3 == 1 { Outcome::Broken } else { Outcome::Done(n * 10) };
    numbers.iter().map(outcome).collect()
}

/// Compiled once, whatever the job is.
fn submit(shift: &Shift<u64>, job: impl FnOnce() -> u64 + Send + 'static) -> usize {
    let job: Box<dyn FnOnce() -> u64 + Send> = Box::new(job);
    shift.submit(job)
}

fn finish<R: Send + 'static>(shift: Shift<R>) -> Vec<Outcome<R>> {
    match catch(|| shift.finish()) {
        Ok(outcomes) => outcomes,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(Kind::Panicked, format!("`finish` panicked with {message:?}, and should return the list"))
        }
    }
}

/// At the latest, when the threads of the shift have ended, which a thread that ends may take a moment for.
fn all_are_dropped(drops: &Drops, what: &str) {
    for _ in 0..2_000 {
        if drops.alive() == 0 {
            return;
        }
        pause(TICK);
    }
    fail(Kind::WrongAnswer, format!("{} {what} have not been dropped", drops.alive()));
}

fn results_come_in_the_order_of_the_numbers(check: &Check) {
    check.small("2 jobs and 2 workers", (vec![0u64, 1], 2usize));
    check.forall(input::numbers_and(0..4, 0..=6, 1..=4), |(numbers, workers)| {
        let shift = Shift::begin(workers);
        for (i, n) in numbers.iter().enumerate() {
            let n = *n;
            let number = submit(&shift, move || {
                pause(TICK * n as u32);
                n
            });
            expect_eq("the number of a job", number, i);
        }
        let wanted = numbers.into_iter().map(Outcome::Done).collect();
        expect_eq("the list", finish(shift), wanted);
    });
}

fn each_job_is_called_once_and_has_its_outcome(check: &Check) {
    check.forall(input::numbers_and(0..6, 0..=6, 1..=4), |(numbers, workers)| {
        let (shift, called) = (Shift::begin(workers), Arc::<Mutex<Vec<usize>>>::default());
        for (i, n) in numbers.iter().enumerate() {
            let (n, called) = (*n, Arc::clone(&called));
            submit(&shift, move || {
                called.lock().unwrap().push(i);
                n
            });
        }
        finish(shift);
        let (called, all) = (called.lock().unwrap().clone(), (0..numbers.len()).collect::<Vec<_>>());
        expect_in_any_order("the jobs that were called", &called, &all);
    });
}

fn no_job_is_lost_when_others_panic(check: &Check) {
    check.small("a job that panics, a job after it, and 1 worker", (vec![1u64, 0], 1usize));
    check.forall(input::numbers_and(0..12, 1..=6, 1..=3), |(numbers, workers)| {
        let (shift, called) = (Shift::begin(workers), Arc::<AtomicUsize>::default());
        for n in &numbers {
            let (n, called) = (*n, Arc::clone(&called));
            submit(&shift, move || {
                called.fetch_add(1, Ordering::SeqCst);
                pause(TICK * (n / 3) as u32);
                render(n)
            });
        }
        let outcomes = finish(shift);
        let called = called.load(Ordering::SeqCst);
        expect(called == numbers.len(), Kind::WrongAnswer, || {
            format!("{} jobs were accepted, and {called} of them had been called when `finish` returned {outcomes:?}", numbers.len())
        });
        expect_eq("the list", outcomes, wanted(&numbers));
    });
}

/// Each of the jobs submits another one. The owner finishes when all of them have.
fn a_job_may_submit(check: &Check) {
    check.forall(input::numbers_and(0..6, 1..=4, 1..=3), |(numbers, workers)| {
        let shift = Arc::new(Shift::begin(workers));
        let submitted = Arc::new((Mutex::new(0), std::sync::Condvar::new()));
        for n in &numbers {
            let (n, inner, submitted) = (*n, Arc::downgrade(&shift), Arc::clone(&submitted));
            submit(&shift, move || {
                if let Some(shift) = inner.upgrade() {
                    submit(&shift, move || render(n));
                }
                *submitted.0.lock().unwrap() += 1;
                submitted.1.notify_one();
                render(n)
            });
        }
        let count = submitted.0.lock().unwrap();
        drop(submitted.1.wait_while(count, |count| *count < numbers.len()).unwrap());
        let Ok(shift) = Arc::try_unwrap(shift) else { fail(Kind::WrongAnswer, "a job still has its shift") };
        let (outcomes, wanted) = (finish(shift), wanted(&[numbers.clone(), numbers].concat()));
        let broken = |list: &[Outcome<u64>]| list.iter().filter(|it| **it == Outcome::Broken).count();
        expect_eq("how many are broken", broken(&outcomes), broken(&wanted));
        let done = |list: &[Outcome<u64>]| -> Vec<u64> {
            list.iter().filter_map(|it| if let Outcome::Done(n) = it { Some(*n) } else { None }).collect()
        };
        expect_in_any_order("what is done", &done(&outcomes), &done(&wanted));
    });
}

fn several_submitters_and_two_shifts_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(submitters, jobs, workers)| {
        let (shift, other, gate) = (Shift::begin(workers), Shift::begin(1), Gate::new());
        let held = gate.clone();
        submit(&other, move || {
            held.wait();
            render(1)
        });
        let numbers = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..submitters {
                scope.spawn(|| {
                    for n in 0..jobs as u64 {
                        let number = submit(&shift, move || render(n));
                        numbers.lock().unwrap().push((number, n));
                    }
                });
            }
        });
        let mut numbers = numbers.into_inner().unwrap();
        let given: Vec<usize> = numbers.iter().map(|(number, _)| *number).collect();
        let all: Vec<usize> = (0..given.len()).collect();
        expect_in_any_order("the numbers of the jobs", &given, &all);
        numbers.sort_unstable();
        let jobs: Vec<u64> = numbers.into_iter().map(|(_, n)| n).collect();
        expect_eq("the list of one of two shifts", finish(shift), wanted(&jobs));
        gate.open();
        expect_eq("the list of the other shift", finish(other), vec![Outcome::Broken]);
    });
}

/// As many jobs as there are workers meet inside. None of them may leave before all are there.
fn all_workers_are_there(shift: &Shift<u64>, workers: usize, after: &str) {
    let (meter, gate) = (Meter::new(), Gate::new());
    for _ in 0..workers {
        let (meter, gate) = (meter.clone(), gate.clone());
        submit(shift, move || {
            let _inside = meter.enter();
            gate.wait();
            0
        });
    }
    settle();
    let inside = meter.inside();
    expect(inside == workers, Kind::Sequential, || {
        format!("{after}, {workers} jobs should run at once on {workers} workers, and {inside} do")
    });
    gate.open();
    settle();
}

fn as_many_jobs_at_once_as_there_are_workers(check: &Check) {
    check.small("2 jobs and 2 workers", (2usize, 0usize));
    check.forall(input::hundred_and(1..=9, 0..=2), |(workers, idle)| {
        let shift = Shift::begin(workers);
        all_workers_are_there(&shift, workers, "in a new shift");
        pause(IDLE[idle]);
        all_workers_are_there(&shift, workers, "when all have worked before");
        expect_eq("the list", finish(shift), vec![Outcome::Done(0); 2 * workers]);
    });
}

/// Jobs are accepted one at a time, with time between them, while others run. After each, all is at rest.
fn a_free_worker_begins_a_job_at_once(check: &Check) {
    check.forall(input::numbers_and(0..12, 1..=6, 1..=3), |(numbers, workers)| {
        let (shift, meter) = (Shift::begin(workers), Meter::new());
        for (i, n) in numbers.iter().enumerate() {
            let (n, watched) = (*n, meter.clone());
            submit(&shift, move || {
                let _inside = watched.enter();
                pause(TICK * (n / 3) as u32 + TICK / 2);
                render(n)
            });
            settle();
            let (inside, waiting) = (meter.inside(), i + 1 - meter.entered());
            expect(waiting == 0 || inside == workers, Kind::Sequential, || {
                format!("a worker is free while an accepted job waits: {inside} running, {waiting} not begun, {workers} workers")
            });
            pause(TICK * (n % 4) as u32);
        }
        finish(shift);
    });
}

fn panics_cost_no_worker(check: &Check) {
    check.forall(input::pair(1..=6, 1..=3), |(panics, workers)| {
        let shift = Shift::begin(workers);
        (0..panics).for_each(|_| {
            submit(&shift, || render(1));
        });
        settle();
        all_workers_are_there(&shift, workers, "after jobs that panicked");
        let outcomes = finish(shift);
        let broken = outcomes.iter().filter(|outcome| **outcome == Outcome::Broken).count();
        expect_eq("how many jobs are broken", broken, panics);
    });
}

fn submit_waits_for_no_job(check: &Check) {
    check.forall(input::many_and_two(1..=5, 1..=3, 0..=1), |(jobs, workers, panics)| {
        let shift = Shift::begin(workers);
        for _ in 0..jobs {
            let before = now();
            submit(&shift, move || {
                pause(10 * TICK);
                render(panics as u64)
            });
            let returned = now();
            expect_in_time("`submit` returned", returned, Duration::ZERO..=before + SOON, || {
                format!("`submit` took {:?} while jobs ran", returned - before)
            });
        }
    });
}

fn never_more_jobs_at_once_than_workers(check: &Check) {
    check.small("3 jobs and 2 workers", (vec![1u64, 0, 2], 2usize));
    check.forall(input::numbers_and(0..6, 0..=7, 1..=3), |(numbers, workers)| {
        let (shift, meter) = (Shift::begin(workers), Meter::new());
        for n in &numbers {
            let (n, meter) = (*n, meter.clone());
            submit(&shift, move || {
                let _inside = meter.enter();
                meter.at_most(workers, "jobs");
                pause(TICK * (n / 3) as u32);
                render(n)
            });
        }
        finish(shift);
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.schedules(|| {
        let outcome = catch(|| drop(Shift::<u64>::begin(0)));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 workers `begin` should panic, and it returned".into()
        });
        every_thread_has_finished();
    });
}

/// The payload is a text, a number, or something that can't be sent around lightly.
fn a_panic_may_have_any_payload(check: &Check) {
    check.forall(input::numbers_and(0..4, 0..=5, 1..=3), |(numbers, workers)| {
        let (shift, drops) = (Shift::begin(workers), Drops::new());
        for n in &numbers {
            let (n, token) = (*n, drops.token());
            submit(&shift, move || match n {
                0 => 10,
                1 => panic!("no number in it"),
                2 => panic!("a {n} in it"),
                _ => panic_any(token),
            });
        }
        let wanted =
            numbers.iter().map(|n| if *n == 0 { Outcome::Done(10) } else { Outcome::Broken }).collect();
        expect_eq("the list", finish(shift), wanted);
        all_are_dropped(&drops, "payloads and captured values");
    });
}

fn nothing_runs(meter: &Meter, accepted: usize, what: &str) {
    expect(meter.inside() == 0, Kind::TooEarly, || format!("{what}, and {} jobs still run", meter.inside()));
    expect(meter.entered() == accepted, Kind::TooEarly, || {
        format!("{what}, and {} of {accepted} accepted jobs have been called", meter.entered())
    });
}

/// Accepts a job for each number, which is counted while it runs.
fn begin(numbers: &[u64], workers: usize, meter: &Meter) -> Shift<u64> {
    let shift = Shift::begin(workers);
    for n in numbers {
        let (n, meter) = (*n, meter.clone());
        submit(&shift, move || {
            let _inside = meter.enter();
            pause(TICK * (n / 3) as u32);
            render(n)
        });
    }
    shift
}

fn finish_waits_for_every_job(check: &Check) {
    check.forall(input::numbers_and(0..12, 0..=6, 1..=3), |(numbers, workers)| {
        let meter = Meter::new();
        let outcomes = finish(begin(&numbers, workers, &meter));
        nothing_runs(&meter, numbers.len(), "`finish` has returned");
        expect_eq("how many outcomes there are", outcomes.len(), numbers.len());
    });
}

fn a_dropped_shift_waits_for_every_job(check: &Check) {
    check.forall(input::numbers_and(0..12, 0..=6, 1..=3), |(numbers, workers)| {
        let meter = Meter::new();
        drop(begin(&numbers, workers, &meter));
        nothing_runs(&meter, numbers.len(), "the shift has been dropped");
    });
}

fn a_shift_dropped_by_a_panic_waits_for_every_job(check: &Check) {
    check.forall(input::numbers_and(0..12, 0..=4, 1..=2), |(numbers, workers)| {
        let (meter, count) = (Meter::new(), numbers.len());
        let watched = meter.clone();
        let owner = thread::spawn(move || {
            let _shift = begin(&numbers, workers, &watched);
            panic!("the owner failed (the check makes it panic)");
        });
        expect(owner.join().is_err(), Kind::SwallowedPanic, || "the owner panicked, and is not told".into());
        nothing_runs(&meter, count, "the shift has been dropped by a panic of its owner");
    });
}

/// Results that are neither `Clone` nor `Copy`.
fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and_two(0..3, 0..=6, 1..=3, 0..=1), |(numbers, workers, take)| {
        let (shift, drops) = (Shift::begin(workers), Drops::new());
        for n in &numbers {
            let (n, captured, returned) = (*n, drops.token(), drops.token());
            shift.submit(move || {
                let _ = &captured;
                render(n);
                returned
            });
        }
        if take == 1 {
            let done = finish(shift).into_iter().filter(|it| matches!(it, Outcome::Done(_))).count();
            expect_eq("how many jobs are done", done, numbers.iter().filter(|n| **n != 1).count());
        } else {
            drop(shift);
        }
        all_are_dropped(&drops, "captured values and results");
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.forall(input::numbers_and_two(0..6, 0..=5, 1..=3, 0..=1), |(numbers, workers, take)| {
        let meter = Meter::new();
        let shift = begin(&numbers, workers, &meter);
        if take == 1 {
            finish(shift);
        } else {
            drop(shift);
        }
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("the shift is over, and {} jobs still run", meter.inside())
        });
        every_thread_has_finished();
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..9, 0..=4, 1..=3), |(numbers, workers)| {
        let shift = Shift::begin(workers);
        pause(TICK);
        for n in numbers {
            submit(&shift, move || {
                pause(TICK * (1 + n / 3) as u32);
                render(n)
            });
        }
        finish(shift);
    });
}
