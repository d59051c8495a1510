//! The contract of README.md, a check or more for each clause.
#![allow(clippy::drop_non_drop)] // The handle of the stub has nothing to drop; that of a solution has.
use std::any::Any;
use std::cell::RefCell;
use std::panic::panic_any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use executor::{Executor, Handle, How, Outcome, Stop};
use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, expect_in_time, fail, input, now, panic_message, pause, settle};

checks! {
    1 => every_handle_returns_the_outcome_of_its_own_job;
    1 => each_job_is_called_once_on_a_thread_of_the_executor;
    1 => a_join_returns_when_its_job_ends simulated;
    1 => two_executors_at_once_keep_apart;
    2 => panics_cost_no_worker simulated;
    2 => everything_is_dropped_once;
    3 => never_more_jobs_at_once_than_workers;
    3 => a_free_worker_begins_a_job_at_once simulated;
    3 => jobs_begin_in_the_order_of_their_acceptance;
    3 => submit_waits_for_no_job simulated;
    3 => submit_waits_for_no_room;
    3 => no_workers_is_a_panic;
    4 => a_requested_stop_refuses_jobs_and_cancels_none;
    4 => a_shutdown_refuses_jobs_and_requests_no_stop;
    4 => a_job_beside_a_shutdown_is_accepted_or_returned;
    5 => a_drain_runs_every_accepted_job;
    5 => a_drain_returns_when_the_last_job_ends simulated;
    6 => a_cancel_returns_the_jobs_that_have_not_begun;
    6 => cancelled_handles_end_while_others_run simulated;
    6 => no_job_begins_while_others_are_cancelled simulated;
    6 => a_destructor_that_panics_keeps_no_job_from_being_cancelled simulated;
    6 => a_cancel_returns_when_the_running_jobs_end simulated;
    7 => at_the_limit_the_running_jobs_are_named simulated;
    7 => at_the_limit_only_threads_of_running_jobs_are_left simulated;
    7 => a_limit_of_zero_waits_for_nothing simulated;
    7 => no_limit_waits_for_the_end simulated;
    7 => a_joined_job_is_not_running;
    8 => every_call_waits_for_the_same_end simulated;
    8 => a_cancel_strengthens_a_drain simulated;
    8 => each_call_has_a_limit_of_its_own simulated;
    8 => a_call_after_the_end_returns_at_once simulated;
    9 => a_job_may_submit;
    9 => a_shutdown_inside_a_job_only_asks;
    9 => a_shutdown_inside_a_job_of_another_executor_waits;
    9 => a_job_that_waits_for_its_own_executor_panics;
    9 => a_job_may_wait_for_another_executor;
    9 => destructors_may_use_the_executor;
    10 => a_dropped_executor_drains;
    10 => after_a_limit_the_drop_waits_for_nothing simulated;
    10 => a_drop_waits_when_a_job_has_asked_for_the_end simulated;
    10 => an_executor_dropped_by_its_own_job_waits_for_nothing simulated;
    11 => a_map_returns_an_outcome_for_each_item;
    11 => items_of_a_map_overlap_and_have_names simulated;
    11 => items_of_a_map_are_refused_or_cancelled simulated;
    11 => the_documented_run simulated;
    12 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// More than a queue of any usual size has room for.
const MANY: usize = 1_100;
/// Longer than any job here.
const PATIENCE: Duration = Duration::from_hours(1);
/// How long an executor has nothing to do, so that no worker takes that for the end.
const IDLE: [Duration; 3] = [Duration::ZERO, Duration::from_secs(60), Duration::from_hours(24)];

type Job = Box<dyn FnOnce() -> u64 + Send>;
type Claim = Handle<u64, Job>;

/// A panic's payload that is no text.
#[derive(Debug)]
struct Odd(#[expect(dead_code, reason = "shown by Debug")] u64);

fn executor(workers: usize) -> Executor {
    Executor::new(workers, Stop::new())
}

/// Compiled once, whatever the job is.
fn try_submit(executor: &Executor, name: &str, job: Job) -> Result<Claim, Job> {
    executor.submit(name, job)
}

fn submit_as(executor: &Executor, name: &str, job: impl FnOnce() -> u64 + Send + 'static) -> Claim {
    match try_submit(executor, name, Box::new(job)) {
        Ok(handle) => handle,
        Err(_) => fail(
            Kind::WrongAnswer,
            format!("the job {name:?} was refused, and nobody has asked for a stop or a shutdown"),
        ),
    }
}

fn submit(executor: &Executor, job: impl FnOnce() -> u64 + Send + 'static) -> Claim {
    submit_as(executor, "job", job)
}

/// What a job does with a number, by the remainder: a result, or a panic with one of three payloads.
fn end(number: u64) -> u64 {
    match number % 4 {
        0 => number * 10,
        1 => panic!("no number in it"),
        2 => panic!("{number} failed (the check makes it panic)"),
        _ => panic_any(Odd(number)),
    }
}

/// What a payload is, in words.
fn payload(payload: &(dyn Any + Send)) -> String {
    if let Some(odd) = payload.downcast_ref::<Odd>() {
        return format!("a panic with {odd:?}");
    }
    let kind = if payload.is::<&'static str>() { "&str" } else { "String" };
    panic_message(payload)
        .map_or("a panic with something else".to_owned(), |text| format!("a panic with the {kind} {text:?}"))
}

/// What came of a job, in words. A job that comes back is not called.
fn told<J>(outcome: Outcome<u64, J>) -> String {
    match outcome {
        Outcome::Done(result) => format!("the result {result}"),
        Outcome::Panicked(what) => payload(&*what),
        Outcome::Cancelled(_) => "cancelled".to_owned(),
    }
}

/// What should come of [`end`].
fn wanted(number: u64) -> String {
    match number % 4 {
        0 => format!("the result {}", number * 10),
        1 => format!("a panic with the &str {:?}", "no number in it"),
        2 => format!("a panic with the String {:?}", format!("{number} failed (the check makes it panic)")),
        _ => format!("a panic with {:?}", Odd(number)),
    }
}

/// Joins a handle, and takes it for a panic of `join` if it panics.
fn outcome(handle: Claim) -> Outcome<u64, Job> {
    match catch(|| handle.join()) {
        Ok(outcome) => outcome,
        Err(what) => fail(Kind::Panicked, format!("`join` itself panicked: {}", payload(&*what))),
    }
}

fn join(handle: Claim) -> String {
    told(outcome(handle))
}

/// The job that a handle returns. It must be one that was not called.
fn cancelled(handle: Claim) -> Job {
    match outcome(handle) {
        Outcome::Cancelled(job) => job,
        other => {
            fail(Kind::WrongAnswer, format!("a job should be cancelled, and its outcome is {}", told(other)))
        }
    }
}

/// Shuts an executor down that must end, after which nothing of it may be left.
fn shut_down(executor: &Executor, how: How, meter: &Meter) {
    let running = executor.shutdown(how, PATIENCE);
    expect_eq("what still runs when `shutdown` returns", running, Vec::new());
    expect(meter.inside() == 0, Kind::TooEarly, || {
        format!("`shutdown` has returned, and {} jobs still run", meter.inside())
    });
    every_thread_has_finished();
}

/// Does `what` on a thread of its own, and says when it has returned.
fn beside(what: impl FnOnce() + Send + 'static) -> (Meter, thread::JoinHandle<()>) {
    let returned = Meter::new();
    let counted = returned.clone();
    let thread = thread::spawn(move || match catch(what) {
        Ok(()) => drop(counted.enter()),
        Err(what) => fail(Kind::Panicked, format!("the call panicked: {}", payload(&*what))),
    });
    (returned, thread)
}

/// Jobs that are cancelled come back to their handles while nothing else happens.
fn come_back(handles: Vec<Claim>, what: &str) {
    let joins: Vec<_> = handles
        .into_iter()
        .map(|handle| beside(|| expect_eq("what a job returned that came back", cancelled(handle)(), 7)))
        .collect();
    for (returned, thread) in joins {
        has_returned(&returned, what);
        thread.join().unwrap();
    }
}

/// Time does not move between what happened and this look.
fn has_returned(returned: &Meter, what: &str) {
    settle();
    expect(returned.entered() > 0, Kind::TooLate, || {
        format!("{what}, and the call that waits for this has not returned")
    });
}

fn has_not_returned(returned: &Meter, what: &str) {
    settle();
    expect(returned.entered() == 0, Kind::TooEarly, || format!("{what}, and the call has returned"));
}

/// Waits on threads that nothing else waits for, until `done` says so; a little time for each look.
fn await_that(done: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if done() {
            return;
        }
        pause(TICK);
    }
}

/// A job that waits at a gate, and is counted while it runs.
fn held(gate: &Gate, meter: &Meter) -> impl FnOnce() -> u64 + Send + use<> {
    let (gate, meter) = (gate.clone(), meter.clone());
    move || {
        let _inside = meter.enter();
        gate.wait();
        7
    }
}

fn every_handle_returns_the_outcome_of_its_own_job(check: &Check) {
    check.small("2 jobs and 2 workers", (vec![0u64, 1], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..12, 0..=6, 1..=4, 0..=1), |(numbers, workers, backwards)| {
        let (executor, of) = (executor(workers), numbers.len());
        let mut handles: Vec<_> = numbers
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let n = *n;
                // The later it comes, the sooner it ends.
                let handle = submit(&executor, move || {
                    pause(TICK * (of - i) as u32 * (n / 4 % 2) as u32);
                    end(n)
                });
                (n, handle)
            })
            .collect();
        if backwards == 1 {
            handles.reverse();
        }
        for (n, handle) in handles {
            expect_eq("what `join` returned for a job", join(handle), wanted(n));
        }
        shut_down(&executor, How::Cancel, &Meter::new());
    });
}

fn each_job_is_called_once_on_a_thread_of_the_executor(check: &Check) {
    check.forall(input::numbers_and_two(0..4, 0..=6, 1..=4, 0..=1), |(numbers, workers, forget)| {
        let executor = executor(workers);
        let called: Arc<Mutex<Vec<(usize, ThreadId)>>> = Arc::default();
        let handles: Vec<_> = numbers
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let (n, called) = (*n, Arc::clone(&called));
                submit(&executor, move || {
                    called.lock().unwrap().push((i, thread::current().id()));
                    end(n)
                })
            })
            .collect();
        let joiner = thread::scope(|scope| {
            let join_all = || {
                if forget == 0 {
                    handles.into_iter().for_each(|handle| drop(join(handle)));
                } else {
                    drop(handles);
                }
                executor.shutdown(How::Drain, PATIENCE);
                thread::current().id()
            };
            scope.spawn(join_all).join().unwrap()
        });
        let called = called.lock().unwrap().clone();
        let (jobs, wanted): (Vec<_>, Vec<_>) =
            (called.iter().map(|(i, _)| *i).collect(), (0..numbers.len()).collect());
        expect_in_any_order("the numbers of the jobs that were called", &jobs, &wanted);
        let outside = [thread::current().id(), joiner];
        expect(called.iter().all(|(_, thread)| !outside.contains(thread)), Kind::WrongAnswer, || {
            "a job was called on the thread that submits or shuts down, which is no thread of the executor"
                .into()
        });
    });
}

/// Time does not move between the end of the job and the look.
fn a_join_returns_when_its_job_ends(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=1), |(workers, joiners, during)| {
        let (executor, gate, meter) = (Arc::new(executor(workers.max(joiners))), Gate::new(), Meter::new());
        let handles: Vec<_> = (0..joiners).map(|_| submit(&executor, held(&gate, &meter))).collect();
        let joins: Vec<_> = handles.into_iter().map(|handle| beside(move || drop(join(handle)))).collect();
        pause(TICK);
        if during == 1 {
            let executor = Arc::clone(&executor);
            drop(beside(move || drop(executor.shutdown(How::Cancel, PATIENCE))));
            pause(TICK);
        }
        joins.iter().for_each(|(returned, _)| has_not_returned(returned, "the job has not ended"));
        gate.open();
        for (returned, thread) in joins {
            has_returned(&returned, "the job has ended");
            thread.join().unwrap();
        }
    });
}

/// One of the two is full of jobs that wait at a gate.
fn two_executors_at_once_keep_apart(check: &Check) {
    check.small("a busy executor, and another one", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=4), |(workers, jobs)| {
        let (busy, other, gate, meter) = (executor(workers), executor(1), Gate::new(), Meter::new());
        let waiting: Vec<_> = (0..workers).map(|_| submit(&busy, held(&gate, &meter))).collect();
        let handles: Vec<_> = (0..jobs as u64).map(|n| submit(&other, move || n)).collect();
        for (n, handle) in handles.into_iter().enumerate() {
            expect_eq("a result of the second executor", join(handle), format!("the result {n}"));
        }
        let running = other.shutdown(How::Cancel, PATIENCE);
        expect_eq("what still runs in the second executor", running, Vec::new());
        drop(submit(&busy, || 3));
        gate.open();
        for handle in waiting {
            expect_eq("a result of the first executor", join(handle), "the result 7".to_owned());
        }
        shut_down(&busy, How::Drain, &meter);
    });
}

/// As many jobs as there are workers meet inside. None of them may leave before all are there.
fn all_workers_are_there(executor: &Executor, workers: usize, after: &str) {
    let (meter, gate) = (Meter::new(), Gate::new());
    let handles: Vec<_> = (0..workers).map(|_| submit(executor, held(&gate, &meter))).collect();
    settle();
    let inside = meter.inside();
    expect(inside == workers, Kind::Sequential, || {
        format!("{after}, {workers} jobs should run at once on {workers} workers, and {inside} do")
    });
    gate.open();
    for handle in handles {
        expect_eq("the result of a job", join(handle), "the result 7".to_owned());
    }
}

/// Panics when it is dropped.
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 && !thread::panicking() {
            panic!("a destructor failed (the check makes it panic)");
        }
    }
}

/// A job panics, or what it captured does in the end, or its result whose handle is gone.
fn panics_cost_no_worker(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 0..=3), |(workers, jobs, what)| {
        let (executor, gate) = (executor(workers), Gate::new());
        for n in 0..jobs as u64 {
            match what {
                0 => drop(submit(&executor, move || end(n * 4 + 1))),
                1 => expect_eq("what `join` returned", join(submit(&executor, move || end(n))), wanted(n)),
                2 => {
                    let bomb = Bomb(true);
                    let job = move || {
                        let _ = &bomb;
                        7
                    };
                    drop(submit(&executor, job));
                }
                _ => {
                    let gate = gate.clone();
                    let job = move || {
                        gate.wait();
                        Bomb(true)
                    };
                    let handle = executor.submit("bomb", job);
                    expect(handle.is_ok(), Kind::WrongAnswer, || "a job was refused".into());
                    drop(handle);
                }
            }
        }
        gate.open();
        settle();
        all_workers_are_there(&executor, workers, "after panics");
        shut_down(&executor, How::Drain, &Meter::new());
    });
}

/// Captured values, results and payloads; of jobs that are called, cancelled and refused, with and without a handle.
fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=6, 1..=3, 0..=1), |(numbers, workers, drain)| {
        let (executor, drops, called) = (executor(workers), Drops::new(), Arc::<AtomicUsize>::default());
        let mut kept = Vec::new();
        let job = |n: u64| {
            let (captured, returned, called) = (drops.token(), drops.token(), Arc::clone(&called));
            move || {
                called.fetch_add(1, Ordering::SeqCst);
                let _captured = captured;
                pause(TICK * (n % 3) as u32);
                if n % 4 == 3 {
                    panic_any(returned);
                }
                returned
            }
        };
        for n in &numbers {
            let handle = executor.submit("job", job(*n)).ok();
            expect(handle.is_some(), Kind::WrongAnswer, || "a job was refused".into());
            if *n < 4 {
                kept.push(handle);
            }
        }
        executor.shutdown(if drain == 1 { How::Drain } else { How::Cancel }, PATIENCE);
        let refused = executor.submit("late", job(0)).err();
        expect(refused.is_some(), Kind::WrongAnswer, || "a job was accepted after a shutdown".into());
        drop(refused);
        let of = called.load(Ordering::SeqCst);
        let mut cancelled = 0;
        for handle in kept.into_iter().flatten() {
            match handle.join() {
                Outcome::Cancelled(job) => {
                    cancelled += 1;
                    drop(job);
                }
                Outcome::Done(token) => drop(token),
                Outcome::Panicked(payload) => drop(payload),
            }
        }
        expect(of + cancelled <= numbers.len(), Kind::WrongAnswer, || {
            format!(
                "of {} jobs, {of} were called and {cancelled} more are said to be cancelled",
                numbers.len()
            )
        });
        drop(executor);
        settle();
        expect_eq("how many captured values, results and payloads are not dropped", drops.alive(), 0);
    });
}

fn never_more_jobs_at_once_than_workers(check: &Check) {
    check.small("3 jobs and 2 workers", (vec![0u64, 4, 0], 2usize));
    check.forall(input::numbers_and(0..12, 0..=7, 1..=3), |(numbers, workers)| {
        let (executor, meter) = (executor(workers), Meter::new());
        for n in &numbers {
            let (n, meter) = (*n, meter.clone());
            drop(submit(&executor, move || {
                let _inside = meter.enter();
                meter.at_most(workers, "jobs");
                pause(TICK * (n / 4) as u32);
                end(n)
            }));
        }
        shut_down(&executor, How::Drain, &meter);
        expect_eq("how many jobs were called", meter.entered(), numbers.len());
    });
}

/// Jobs are accepted one at a time, with time between them, while others run. After each, all is at rest.
fn a_free_worker_begins_a_job_at_once(check: &Check) {
    check.small("2 jobs and 2 workers", (vec![0u64, 0], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..12, 1..=6, 1..=3, 0..=2), |(numbers, workers, idle)| {
        let (executor, meter) = (executor(workers), Meter::new());
        pause(IDLE[idle]);
        for (i, n) in numbers.iter().enumerate() {
            let (n, watched) = (*n, meter.clone());
            drop(submit(&executor, move || {
                let _inside = watched.enter();
                pause(TICK * (n / 4) as u32 + TICK / 2);
                end(n)
            }));
            settle();
            let (inside, waiting) = (meter.inside(), i + 1 - meter.entered());
            expect(waiting == 0 || inside == workers, Kind::Sequential, || {
                format!("a worker is free while an accepted job waits: {inside} running, {waiting} not begun, {workers} workers")
            });
            pause(TICK * (n % 4) as u32);
        }
        shut_down(&executor, How::Drain, &meter);
    });
}

fn jobs_begin_in_the_order_of_their_acceptance(check: &Check) {
    check.forall(input::number(0..=6), |jobs| {
        let (executor, gate, begun) = (executor(1), Gate::new(), Arc::<Mutex<Vec<usize>>>::default());
        drop(submit(&executor, held(&gate, &Meter::new())));
        settle();
        for i in 0..jobs {
            let begun = Arc::clone(&begun);
            drop(submit(&executor, move || {
                begun.lock().unwrap().push(i);
                0
            }));
        }
        gate.open();
        shut_down(&executor, How::Drain, &Meter::new());
        let begun = begun.lock().unwrap().clone();
        expect_eq("the jobs in the order in which they began", begun, (0..jobs).collect());
    });
}

fn submit_waits_for_no_job(check: &Check) {
    check.forall(input::pair(1..=3, 1..=6), |(workers, jobs)| {
        let (executor, gate, meter) = (executor(workers), Gate::new(), Meter::new());
        for _ in 0..jobs {
            let before = now();
            drop(submit(&executor, held(&gate, &meter)));
            let after = now();
            expect_in_time("`submit` returned", after, Duration::ZERO..=before + SOON, || {
                format!("`submit` took {:?} while jobs ran", after - before)
            });
            pause(TICK);
        }
        gate.open();
        shut_down(&executor, How::Drain, &meter);
    });
}

/// Most of the jobs wait in the queue.
fn submit_waits_for_no_room(check: &Check) {
    check.forall(input::pair(1..=3, 1..=24), |(workers, jobs)| {
        let jobs = if jobs == 24 { MANY } else { jobs };
        let (executor, gate, meter) = (executor(workers), Gate::new(), Meter::new());
        (0..jobs).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        gate.open();
        shut_down(&executor, How::Drain, &meter);
        expect_eq("how many jobs were called", meter.entered(), jobs);
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.schedules(|| {
        let outcome = catch(|| drop(executor(0)));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 workers `new` should panic, and it returned".into()
        });
        every_thread_has_finished();
    });
}

/// The job that comes back is the one that was handed in: it is called here.
fn is_refused(executor: &Executor, why: &str) {
    match try_submit(executor, "refused", Box::new(|| 42)) {
        Ok(_) => fail(Kind::WrongAnswer, format!("{why}, and `submit` has accepted a job")),
        Err(job) => expect_eq("what the refused job returned", job(), 42),
    }
}

fn a_requested_stop_refuses_jobs_and_cancels_none(check: &Check) {
    check.small("2 jobs, 1 worker, and a stop", (vec![0u64, 0], 1usize, 0usize));
    check.forall(input::numbers_and_two(0..12, 0..=5, 1..=3, 0..=5), |(numbers, workers, way)| {
        let stop = Stop::new();
        let (executor, meter, gate) = (Executor::new(workers, stop.clone()), Meter::new(), Gate::new());
        let other = (way % 2 == 1).then(|| Executor::new(1, stop.clone()));
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                let (n, meter, gate) = (*n, meter.clone(), gate.clone());
                let handle = submit(&executor, move || {
                    let _inside = meter.enter();
                    gate.wait();
                    end(n)
                });
                (n, handle)
            })
            .collect();
        stop.request();
        is_refused(&executor, "a stop has been requested");
        if let Some(other) = &other {
            is_refused(other, "the stop that two executors share has been requested");
        }
        // Nobody ends the executor before all have run, or a drain or a drop waits for them.
        let (kept, ending) = match way / 2 {
            0 => (Some(executor), None),
            1 => (None, Some(beside(move || shut_down_one_of_two(&executor, How::Drain)))),
            _ => (None, Some(beside(move || drop(executor)))),
        };
        if ending.is_some() {
            settle();
        }
        gate.open();
        for (n, handle) in handles {
            expect_eq("what came of a job that was accepted before the stop", join(handle), wanted(n));
        }
        expect_eq("how many of the accepted jobs were called", meter.entered(), numbers.len());
        drop(other);
        ending.into_iter().for_each(|(_, thread)| thread.join().unwrap());
        kept.into_iter().for_each(|executor| shut_down(&executor, How::Cancel, &meter));
    });
}

fn a_shutdown_refuses_jobs_and_requests_no_stop(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=1), |(workers, jobs, drain)| {
        let stop = Stop::new();
        let (executor, other) = (Executor::new(workers, stop.clone()), Executor::new(1, stop.clone()));
        (0..jobs).for_each(|_| drop(submit(&executor, || 7)));
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        shut_down_one_of_two(&executor, how);
        is_refused(&executor, "a shutdown has returned");
        expect(!stop.is_requested(), Kind::WrongAnswer, || {
            "nobody has requested a stop, and after the shutdown it is requested".into()
        });
        expect_eq("a result of the other executor", join(submit(&other, || 7)), "the result 7".to_owned());
    });
}

fn shut_down_one_of_two(executor: &Executor, how: How) {
    let running = executor.shutdown(how, PATIENCE);
    expect_eq("what still runs when `shutdown` returns", running, Vec::new());
}

/// Several threads submit while another one shuts down. No job is lost, and none has two ends.
fn a_job_beside_a_shutdown_is_accepted_or_returned(check: &Check) {
    check.small("a job beside a shutdown, and 1 worker", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=2, 1..=3, 0..=1), |(workers, submitters, drain)| {
        let (executor, called) = (executor(workers), Arc::<AtomicUsize>::default());
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        let returned = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..submitters {
                scope.spawn(|| {
                    let counted = Arc::clone(&called);
                    let job = move || {
                        counted.fetch_add(1, Ordering::SeqCst);
                        7
                    };
                    match try_submit(&executor, "job", Box::new(job)) {
                        Err(_) => drop(returned.fetch_add(1, Ordering::SeqCst)),
                        Ok(handle) => match outcome(handle) {
                            Outcome::Done(7) => (),
                            Outcome::Cancelled(_) if how == How::Cancel => {
                                returned.fetch_add(1, Ordering::SeqCst);
                            }
                            other => fail(Kind::WrongAnswer, format!("a job's outcome is {}", told(other))),
                        },
                    }
                });
            }
            shut_down_one_of_two(&executor, how);
        });
        let (called, returned) = (called.load(Ordering::SeqCst), returned.load(Ordering::SeqCst));
        expect(called + returned == submitters, Kind::WrongAnswer, || {
            format!("of {submitters} jobs, {called} were called and {returned} came back")
        });
        every_thread_has_finished();
    });
}

fn a_drain_runs_every_accepted_job(check: &Check) {
    check.small("2 jobs and 1 worker", (vec![0u64, 1], 1usize));
    check.forall(input::numbers_and(0..16, 0..=6, 1..=3), |(numbers, workers)| {
        let (executor, meter) = (executor(workers), Meter::new());
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                let (n, meter) = (*n, meter.clone());
                let handle = submit(&executor, move || {
                    let _inside = meter.enter();
                    pause(TICK * (n / 4) as u32);
                    end(n)
                });
                (n, handle)
            })
            .collect();
        shut_down(&executor, How::Drain, &meter);
        expect_eq("how many of the accepted jobs were called", meter.entered(), numbers.len());
        for (n, handle) in handles {
            expect_eq("what `join` returned after the drain", join(handle), wanted(n));
        }
    });
}

/// Time does not move between the end of the last job and the look. Some of the jobs are queued.
fn a_drain_returns_when_the_last_job_ends(check: &Check) {
    check.forall(input::triple(1..=3, 0..=4, 0..=1), |(workers, jobs, endless)| {
        let (executor, gate, meter) = (executor(workers), Gate::new(), Meter::new());
        (0..jobs).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        pause(TICK);
        let limit = if endless == 1 { Duration::MAX } else { PATIENCE };
        let (returned, thread) = beside(move || drop(executor.shutdown(How::Drain, limit)));
        pause(TICK);
        if jobs > 0 {
            has_not_returned(&returned, "jobs are still running");
        }
        gate.open();
        has_returned(&returned, "every job has ended");
        expect_eq("how many jobs were called", meter.entered(), jobs);
        thread.join().unwrap();
    });
}

fn a_cancel_returns_the_jobs_that_have_not_begun(check: &Check) {
    check.small("2 jobs and 1 worker", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..12, 0..=6, 1..=3), |(numbers, workers)| {
        let (executor, called) = (executor(workers), Arc::<Mutex<Vec<usize>>>::default());
        let handles: Vec<_> = numbers
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let (n, called) = (*n, Arc::clone(&called));
                let handle = submit(&executor, move || {
                    called.lock().unwrap().push(i);
                    pause(TICK * (n / 4) as u32);
                    end(n)
                });
                (n, handle)
            })
            .collect();
        pause(TICK * (numbers.len() as u32 / 3));
        shut_down(&executor, How::Cancel, &Meter::new());
        let begun = called.lock().unwrap().clone();
        for (i, (n, handle)) in handles.into_iter().enumerate() {
            if begun.contains(&i) {
                expect_eq("what `join` returned for a job that was called", join(handle), wanted(n));
                continue;
            }
            // The job that comes back is the one with this number: it is called here.
            let job = cancelled(handle);
            drop(catch(job));
            let last = called.lock().unwrap().last().copied();
            expect_eq("the job that a handle returned", last, Some(i));
        }
    });
}

/// All workers are held at a gate, and time does not move.
fn cancelled_handles_end_while_others_run(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(workers, queued)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        let running: Vec<_> = (0..workers).map(|_| submit(&executor, held(&gate, &meter))).collect();
        pause(TICK);
        let handles: Vec<_> = (0..queued).map(|_| submit(&executor, || 7)).collect();
        let joins: Vec<_> = handles.into_iter().map(|handle| beside(|| drop(cancelled(handle)))).collect();
        pause(TICK);
        let shared = Arc::clone(&executor);
        let (returned, thread) = beside(move || drop(shared.shutdown(How::Cancel, PATIENCE)));
        for (returned, thread) in joins {
            has_returned(&returned, "a job has been cancelled while others run");
            thread.join().unwrap();
        }
        has_not_returned(&returned, "jobs are still running");
        gate.open();
        running.into_iter().for_each(|handle| expect_eq("a result", join(handle), "the result 7".into()));
        thread.join().unwrap();
        every_thread_has_finished();
    });
}

/// Its destructor takes so long.
struct Lingers(Duration);

impl Drop for Lingers {
    fn drop(&mut self) {
        pause(self.0);
    }
}

/// Its destructor takes until the gate opens.
struct Slow(Gate);

impl Drop for Slow {
    fn drop(&mut self) {
        self.0.wait();
    }
}

/// The destructor of the first job in the queue takes long, and every worker becomes free meanwhile.
fn no_job_begins_while_others_are_cancelled(check: &Check) {
    check
        .small("a cancelled job with a slow destructor, another one, and 1 worker", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 1..=3, 0..=4), |(workers, queued, way)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        let (how, limit) = [
            (How::Cancel, PATIENCE),
            (How::Drain, TICK),
            (How::Cancel, Duration::ZERO),
            (How::Cancel, PATIENCE),
            (How::Cancel, PATIENCE),
        ][way];
        let shared = Arc::clone(&executor);
        let shut_down = move || drop(shared.shutdown(how, limit));
        // From another thread, or from one of the jobs.
        let (from_job, from_thread) =
            if way == 4 { (Some(shut_down), None) } else { (None, Some(shut_down)) };
        let (ask, first) = (Gate::new(), held(&gate, &meter));
        let asked = ask.clone();
        let mut running = vec![submit(&executor, move || {
            asked.wait();
            from_job.into_iter().for_each(|shut_down| shut_down());
            first()
        })];
        running.extend((1..workers).map(|_| submit(&executor, held(&gate, &meter))));
        settle();
        let (destroyed, late) = (Gate::new(), Meter::new());
        let slow = Slow(destroyed.clone());
        drop(submit(&executor, move || {
            let _ = &slow;
            7
        }));
        let counted = |_| {
            let late = late.clone();
            submit(&executor, move || {
                let _inside = late.enter();
                7
            })
        };
        let waiting: Vec<_> = (0..queued).map(counted).collect();
        let draining = (way == 3).then(|| {
            let weaker = Arc::clone(&executor);
            beside(move || drop(weaker.shutdown(How::Drain, PATIENCE)))
        });
        settle();
        let shutting = from_thread.map(beside);
        // Now the limit has passed, if there is one.
        pause(2 * TICK);
        ask.open();
        settle();
        gate.open();
        settle();
        expect(late.entered() == 0, Kind::WrongAnswer, || {
            "while a destructor delayed the cancelling of a job, a worker called that job".into()
        });
        destroyed.open();
        running.into_iter().for_each(|handle| expect_eq("a result", join(handle), "the result 7".into()));
        come_back(waiting, "a job has been cancelled, and the destructor that delayed it has ended");
        shutting.into_iter().chain(draining).for_each(|(_, thread)| thread.join().unwrap());
        executor.shutdown(How::Drain, PATIENCE);
        drop(executor);
        every_thread_has_finished();
    });
}

/// Nobody wants those back whose destructors panic. By a cancel, or by a drain at its limit.
fn a_destructor_that_panics_keeps_no_job_from_being_cancelled(check: &Check) {
    check.forall(input::triple(1..=2, 1..=3, 0..=1), |(bad, queued, drain)| {
        let (executor, gate, meter) = (Arc::new(executor(1)), Gate::new(), Meter::new());
        let running = submit(&executor, held(&gate, &meter));
        settle();
        for _ in 0..bad {
            let bomb = Bomb(true);
            drop(submit(&executor, move || {
                let _ = &bomb;
                7
            }));
        }
        let waiting: Vec<_> = (0..queued).map(|_| submit(&executor, || 7)).collect();
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        let shared = Arc::clone(&executor);
        // No clause says whether the panic comes out of `shutdown`.
        let shutting = thread::spawn(move || drop(catch(|| shared.shutdown(how, TICK))));
        pause(2 * TICK);
        come_back(waiting, "a job has been cancelled, and so was one whose destructor panics");
        gate.open();
        expect_eq("a result", join(running), "the result 7".into());
        shutting.join().unwrap();
    });
}

fn a_cancel_returns_when_the_running_jobs_end(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=3), |(workers, running, queued)| {
        let (executor, gate, meter) = (executor(workers), Gate::new(), Meter::new());
        let running = running.min(workers);
        (0..running).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        pause(TICK);
        if running == workers {
            (0..queued).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        }
        let (returned, thread) = beside(move || {
            expect_eq("what still runs", executor.shutdown(How::Cancel, PATIENCE), Vec::new());
        });
        pause(TICK);
        if running > 0 {
            has_not_returned(&returned, "jobs are still running");
        }
        gate.open();
        has_returned(&returned, "the running jobs have ended");
        thread.join().unwrap();
        expect_eq("how many jobs were called", meter.entered(), running);
        every_thread_has_finished();
    });
}

/// The later a job begins, the sooner its name in the alphabet. Some jobs end before the limit, some wait in the queue.
fn at_the_limit_the_running_jobs_are_named(check: &Check) {
    check.forall(input::triple(1..=3, 0..=2, 0..=15), |(workers, queued, way)| {
        let stop = Stop::new();
        let (executor, gate, meter) = (Executor::new(workers + 1, stop.clone()), Gate::new(), Meter::new());
        let (drain, place) = (way % 2, (way / 2 % 4).min(workers));
        let all: Vec<String> = (0..workers).map(|i| format!("{} hangs", 9 - i)).collect();
        // One job begins and ends before, so that not every number is still there.
        expect_eq("a result", join(submit_as(&executor, "a first job", || 7)), "the result 7".to_owned());
        let hangs = |name: &String| {
            let handle = submit_as(&executor, name, held(&gate, &meter));
            pause(TICK);
            handle
        };
        let mut running: Vec<_> = all[..place].iter().map(hangs).collect();
        // This one ends in time, and the end of a job must neither put the limit off nor move another name.
        drop(submit_as(&executor, "ends", || {
            pause(8 * TICK);
            3
        }));
        settle();
        running.extend(all[place..].iter().map(hangs));
        let late = submit_as(&executor, "hangs in the end", held(&gate, &meter));
        // To cancel this one takes a part of the limit.
        if drain == 0 {
            let lingers = Lingers(4 * TICK);
            drop(submit_as(&executor, "queued", move || {
                let _ = &lingers;
                7
            }));
        }
        let waiting: Vec<_> = (0..queued).map(|_| submit_as(&executor, "queued", || 7)).collect();
        if way >= 8 {
            stop.request();
        }
        let before = now();
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        let named = executor.shutdown(how, 10 * TICK);
        let after = now();
        let last = (drain == 1).then(|| "hangs in the end".to_owned());
        let wanted: Vec<String> = all.into_iter().chain(last).collect();
        expect_eq("the names of the running jobs at the limit", named, wanted);
        let limit = before + 10 * TICK;
        expect_in_time("`shutdown` returned", after, limit..=limit + SOON, || {
            format!("`shutdown` has a limit of 1 s, jobs hang, and it took {:?}", after - before)
        });
        come_back(waiting, "a shutdown has returned at its limit, and a job has not begun");
        is_refused(&executor, "a shutdown has returned at its limit");
        gate.open();
        for handle in running {
            expect_eq(
                "the result of a job that ran on after the limit",
                join(handle),
                "the result 7".to_owned(),
            );
        }
        let last = if drain == 1 { "the result 7" } else { "cancelled" };
        expect_eq("the outcome of the job that could begin in a drain only", join(late), last.to_owned());
        expect_eq("how many jobs were called", meter.entered(), workers + drain);
        every_thread_has_finished();
    });
}

thread_local! {
    /// Dropped when its thread ends.
    static ALIVE: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Every worker runs a job at the same time, and its thread keeps a counted value from then on until it ends.
fn keep_a_token_in_each_thread(executor: &Executor, workers: usize, threads: &Drops) {
    let (meeting, meter) = (Gate::new(), Meter::new());
    let first: Vec<_> = (0..workers)
        .map(|_| {
            let (token, job) = (threads.token(), held(&meeting, &meter));
            submit(executor, move || {
                ALIVE.with(|alive| *alive.borrow_mut() = Some(Box::new(token)));
                job()
            })
        })
        .collect();
    pause(TICK);
    meeting.open();
    first.into_iter().for_each(|handle| drop(join(handle)));
}

fn at_the_limit_only_threads_of_running_jobs_are_left(check: &Check) {
    check.forall(input::triple(1..=4, 0..=2, 0..=1), |(workers, hanging, drain)| {
        let (executor, gate, meter, threads) = (executor(workers), Gate::new(), Meter::new(), Drops::new());
        let hanging = hanging.min(workers);
        keep_a_token_in_each_thread(&executor, workers, &threads);
        (0..hanging).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        pause(TICK);
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        let named = executor.shutdown(how, TICK);
        expect_eq("how many jobs still run at the limit", named.len(), hanging);
        settle();
        let left = threads.alive();
        expect(left <= hanging, Kind::LeakedThread, || {
            format!("{hanging} jobs still run after the limit, and {left} threads of the executor are left")
        });
        gate.open();
        every_thread_has_finished();
    });
}

fn a_limit_of_zero_waits_for_nothing(check: &Check) {
    check.forall(input::triple(1..=3, 0..=5, 0..=1), |(workers, jobs, drain)| {
        let (executor, gate, meter) = (executor(workers), Gate::new(), Meter::new());
        let handles: Vec<_> =
            (0..jobs).map(|i| submit_as(&executor, &format!("job {i}"), held(&gate, &meter))).collect();
        pause(TICK);
        let before = now();
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        let named = executor.shutdown(how, Duration::ZERO);
        let after = now();
        expect_in_time("`shutdown` returned", after, Duration::ZERO..=before + SOON, || {
            format!("with a limit of zero, `shutdown` took {:?}", after - before)
        });
        let running = jobs.min(workers);
        let wanted = (0..running).map(|i| format!("job {i}")).collect::<Vec<_>>();
        expect_in_any_order("the names of the running jobs", &named, &wanted);
        gate.open();
        for (i, handle) in handles.into_iter().enumerate() {
            let wanted = if i < running { "the result 7" } else { "cancelled" };
            expect_eq("the outcome of a job", join(handle), wanted.to_owned());
        }
        every_thread_has_finished();
    });
}

fn no_limit_waits_for_the_end(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=4, 1..=2, 0..=19), |(numbers, workers, way)| {
        let (executor, meter) = (executor(workers), Meter::new());
        let (drain, limit) = (way % 2, input::LONGEST[way / 2]);
        for n in &numbers {
            let (n, meter) = (*n, meter.clone());
            drop(submit(&executor, move || {
                let _inside = meter.enter();
                pause(Duration::from_hours(100) * (n / 4) as u32);
                end(n)
            }));
        }
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        match catch(|| executor.shutdown(how, limit)) {
            Ok(named) => expect_eq("what still runs", named, Vec::new()),
            Err(what) => fail(
                Kind::Panicked,
                format!("with a limit of {limit:?}, `shutdown` panicked: {}", payload(&*what)),
            ),
        }
        expect_eq("how many jobs still run", meter.inside(), 0);
        every_thread_has_finished();
    });
}

/// Right after a join, before the worker has had time for anything else.
fn a_joined_job_is_not_running(check: &Check) {
    check.small("a job that is joined, and 1 worker", (0usize, 1usize));
    check.forall(input::pair(0..=3, 1..=2), |(n, workers)| {
        let executor = executor(workers);
        let handle = submit_as(&executor, "joined", move || end(n as u64));
        expect_eq("what `join` returned", join(handle), wanted(n as u64));
        let named = executor.shutdown(How::Cancel, Duration::ZERO);
        expect_eq("what still runs after the only job has been joined", named, Vec::new());
        every_thread_has_finished();
    });
}

fn every_call_waits_for_the_same_end(check: &Check) {
    check.forall(input::triple(1..=3, 2..=3, 0..=2), |(jobs, callers, cancels)| {
        let (executor, gate, meter) = (Arc::new(executor(jobs)), Gate::new(), Meter::new());
        (0..jobs).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        pause(TICK);
        let calls: Vec<_> = (0..callers)
            .map(|i| {
                let executor = Arc::clone(&executor);
                let how = if i < cancels { How::Cancel } else { How::Drain };
                let call = beside(move || {
                    expect_eq("what still runs", executor.shutdown(how, PATIENCE), Vec::new());
                });
                pause(TICK);
                call
            })
            .collect();
        for (returned, _) in &calls {
            has_not_returned(returned, "jobs are still running when several threads shut down");
        }
        gate.open();
        for (returned, thread) in calls {
            has_returned(&returned, "every job has ended");
            thread.join().unwrap();
        }
        every_thread_has_finished();
    });
}

fn a_cancel_strengthens_a_drain(check: &Check) {
    check.forall(input::triple(1..=2, 1..=3, 0..=1), |(workers, queued, inside)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        let stronger = Arc::clone(&executor);
        let cancel = move || drop(stronger.shutdown(How::Cancel, PATIENCE));
        // From another thread, or from one of the jobs.
        let (from_job, from_thread) = if inside == 1 { (Some(cancel), None) } else { (None, Some(cancel)) };
        let (wake, first) = (Gate::new(), held(&gate, &meter));
        let woken = wake.clone();
        drop(submit(&executor, move || {
            woken.wait();
            from_job.into_iter().for_each(|cancel| cancel());
            first()
        }));
        (1..workers).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        pause(TICK);
        let handles: Vec<_> = (0..queued).map(|_| submit(&executor, || 7)).collect();
        let drain = Arc::clone(&executor);
        let (drained, draining) = beside(move || {
            expect_eq("what still runs", drain.shutdown(How::Drain, PATIENCE), Vec::new());
        });
        pause(TICK);
        has_not_returned(&drained, "jobs are still running");
        wake.open();
        let cancelling = from_thread.map(beside);
        settle();
        come_back(handles, "a stronger shutdown has cancelled a job");
        has_not_returned(&drained, "jobs are still running");
        // Weaker again, and nothing comes back to the queue.
        let weaker = Arc::clone(&executor);
        let (_, again) = beside(move || drop(weaker.shutdown(How::Drain, PATIENCE)));
        pause(TICK);
        gate.open();
        has_returned(&drained, "the check holds no job back any more");
        draining.join().unwrap();
        again.join().unwrap();
        cancelling.into_iter().for_each(|(_, thread)| thread.join().unwrap());
        drop(executor);
        every_thread_has_finished();
    });
}

/// The first call gives up, and the second one is still waiting.
fn each_call_has_a_limit_of_its_own(check: &Check) {
    check.forall(input::triple(1..=2, 0..=2, 0..=1), |(workers, queued, last)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        (0..workers).for_each(|_| drop(submit_as(&executor, "hangs", held(&gate, &meter))));
        pause(TICK);
        let handles: Vec<_> = (0..queued).map(|_| submit(&executor, || 7)).collect();
        let patient = Arc::clone(&executor);
        let (returned, thread) = beside(move || {
            expect_eq("what still runs", patient.shutdown(How::Drain, PATIENCE), Vec::new());
        });
        pause(TICK);
        let before = now();
        let named = executor.shutdown(How::Drain, 5 * TICK);
        let after = now();
        expect_in_time("the second call returned", after, Duration::ZERO..=before + 5 * TICK + SOON, || {
            format!("the second call has a limit of 0.5 s, and took {:?}", after - before)
        });
        expect_eq(
            "what still runs at the limit of the second call",
            named,
            vec!["hangs".to_owned(); workers],
        );
        come_back(handles, "a shutdown has returned at its limit, and a job has not begun");
        has_not_returned(&returned, "jobs are still running, and the first call has a later limit");
        if last == 1 {
            let named = executor.shutdown(How::Cancel, Duration::ZERO);
            expect_eq("what still runs at the third call", named.len(), workers);
        }
        gate.open();
        has_returned(&returned, "every job has ended");
        thread.join().unwrap();
        drop(executor);
        every_thread_has_finished();
    });
}

fn a_call_after_the_end_returns_at_once(check: &Check) {
    check.forall(input::triple(0..=3, 0..=3, 0..=1), |(jobs, hows, limited)| {
        let (executor, gate, meter) = (executor(2), Gate::new(), Meter::new());
        (0..jobs).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        if limited == 1 {
            executor.shutdown(How::Drain, TICK);
        }
        gate.open();
        for how in [hows % 2, hows / 2] {
            let how = if how == 1 { How::Drain } else { How::Cancel };
            match catch(|| executor.shutdown(how, PATIENCE)) {
                Ok(named) => expect_eq("what still runs", named, Vec::new()),
                Err(what) => {
                    fail(Kind::Panicked, format!("another `shutdown` panicked: {}", payload(&*what)))
                }
            }
        }
        let before = now();
        executor.shutdown(How::Drain, PATIENCE);
        drop(executor);
        let after = now();
        expect_in_time("the drop ended", after, Duration::ZERO..=before + SOON, || {
            format!("all had ended, and another `shutdown` and the drop took {:?}", after - before)
        });
        every_thread_has_finished();
    });
}

fn a_job_may_submit(check: &Check) {
    check.forall(input::pair(1..=3, 1..=4), |(workers, jobs)| {
        let executor = Arc::new(executor(workers));
        let handles: Vec<_> = (0..jobs as u64)
            .map(|n| {
                let inner = Arc::clone(&executor);
                let submits = move || inner.submit("inner", move || n).ok();
                executor.submit("outer", submits).ok()
            })
            .collect();
        for (n, handle) in handles.into_iter().enumerate() {
            let Some(Outcome::Done(Some(inner))) = handle.map(Handle::join) else {
                fail(Kind::WrongAnswer, "a job that submits a job has no result")
            };
            let Outcome::Done(got) = inner.join() else {
                fail(Kind::WrongAnswer, "the inner job has no result")
            };
            expect_eq("the result of the inner job", got, n as u64);
        }
        let executor = Arc::try_unwrap(executor).ok();
        executor.into_iter().for_each(|it| shut_down(&it, How::Drain, &Meter::new()));
        every_thread_has_finished();
    });
}

fn a_shutdown_inside_a_job_only_asks(check: &Check) {
    check.small("a job that shuts its executor down, and 1 worker", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 0..=3, 0..=5), |(workers, queued, way)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        let limit = [PATIENCE, Duration::ZERO, PATIENCE][way % 3];
        let (how, panics) = (if way % 3 < 2 { How::Drain } else { How::Cancel }, way >= 3);
        let threads = Drops::new();
        if workers > 1 {
            keep_a_token_in_each_thread(&executor, workers, &threads);
        }
        let (inner, waits) = (Arc::clone(&executor), gate.clone());
        let asks = submit_as(&executor, "asks", move || {
            waits.wait();
            let before = now();
            let named = inner.shutdown(how, limit);
            let after = now();
            expect_in_time("`shutdown` returned", after, Duration::ZERO..=before + SOON, || {
                format!("a `shutdown` inside a job took {:?}", after - before)
            });
            expect_eq(
                "what runs, says `shutdown` in the first of the running jobs",
                named.first(),
                Some(&"asks".to_owned()),
            );
            if inner.submit("late", || 0).is_ok() {
                fail(
                    Kind::WrongAnswer,
                    "a job has shut its executor down, and `submit` has accepted another job",
                );
            }
            pause(TICK);
            if panics { end(1) } else { 11 }
        });
        settle();
        // The other workers run a job, or they have nothing to do.
        let busy = if queued > 0 { workers } else { 1 };
        let running: Vec<_> = (1..busy).map(|_| submit(&executor, held(&gate, &meter))).collect();
        settle();
        let handles: Vec<_> = (0..queued).map(|_| submit(&executor, || 7)).collect();
        gate.open();
        let asked = if panics { wanted(1) } else { "the result 11".to_owned() };
        expect_eq("the outcome of the job that shuts down", join(asks), asked);
        running.into_iter().for_each(|handle| drop(join(handle)));
        for handle in handles {
            let outcome = join(handle);
            let fits = outcome == "the result 7" || outcome == "cancelled" && how == How::Cancel;
            expect(fits, Kind::WrongAnswer, || {
                format!("a job called `shutdown` with {how:?}, and a job in the queue is {outcome}")
            });
        }
        is_refused(&executor, "a job has shut its executor down and has ended");
        await_that(|| threads.alive() == 0);
        let left = threads.alive();
        expect(left == 0, Kind::LeakedThread, || {
            format!("a job has called `shutdown`, every job has ended, and {left} of the executor's threads are left")
        });
        let named = executor.shutdown(How::Drain, PATIENCE);
        expect_eq("what still runs when `shutdown` returns", named, Vec::new());
        every_thread_has_finished();
    });
}

/// To this executor, the calling thread is one like any other.
fn a_shutdown_inside_a_job_of_another_executor_waits(check: &Check) {
    check.forall(input::pair(1..=3, 0..=1), |(jobs, drain)| {
        let (outer, inner, meter) = (executor(1), Arc::new(executor(jobs)), Meter::new());
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        for _ in 0..jobs {
            let meter = meter.clone();
            drop(submit(&inner, move || {
                let _inside = meter.enter();
                pause(TICK);
                7
            }));
        }
        let (other, watched) = (Arc::clone(&inner), meter.clone());
        let handle = submit(&outer, move || {
            expect_eq("what still runs in the other executor", other.shutdown(how, PATIENCE), Vec::new());
            watched.inside() as u64
        });
        expect_eq(
            "how many jobs of the other one ran after its shutdown",
            join(handle),
            "the result 0".to_owned(),
        );
        drop(inner);
        shut_down(&outer, How::Drain, &meter);
    });
}

fn a_job_that_waits_for_its_own_executor_panics(check: &Check) {
    check.small("a job that joins another job, and 1 worker", (1usize, 0usize));
    check.forall(input::pair(1..=2, 0..=1), |(workers, maps)| {
        let executor = Arc::new(executor(workers));
        let inner = Arc::clone(&executor);
        let handle = submit(&executor, move || {
            let outcome = catch(|| {
                if maps == 1 {
                    return inner.map("item", vec![1u64], |n| n).len() as u64;
                }
                let handle = inner.submit("awaited", || 7);
                handle.map_or(0, |handle| if let Outcome::Done(n) = handle.join() { n } else { 0 })
            });
            let what = if maps == 1 { "map" } else { "join" };
            expect(outcome.is_err(), Kind::WrongAnswer, || {
                format!("`{what}` in a job of the same executor should panic, and it returned")
            });
            3
        });
        expect_eq("the result of the job that has tried to wait", join(handle), "the result 3".to_owned());
        shut_down(&executor, How::Drain, &Meter::new());
    });
}

/// To the other executor, the calling thread is one like any other.
fn a_job_may_wait_for_another_executor(check: &Check) {
    check.small("a job that joins a job of another executor", (1usize, 0usize));
    check.forall(input::pair(1..=3, 0..=1), |(jobs, maps)| {
        let (outer, inner) = (executor(1), Arc::new(executor(2)));
        let other = Arc::clone(&inner);
        let handle = submit(&outer, move || {
            let outcomes: Vec<String> = if maps == 1 {
                let items = (0..jobs as u64).map(Item).collect();
                map(&other, "item", items, Box::new(|it| it.0)).into_iter().map(item).collect()
            } else {
                let handles: Vec<_> = (0..jobs as u64).map(|n| submit(&other, move || n)).collect();
                handles.into_iter().map(join).collect()
            };
            let wanted: Vec<_> = (0..jobs).map(|n| format!("the result {n}")).collect();
            expect_eq("what a job got from another executor", outcomes, wanted);
            7
        });
        expect_eq("the result of the job that has waited", join(handle), "the result 7".to_owned());
        drop(inner);
        shut_down(&outer, How::Drain, &Meter::new());
    });
}

/// Uses the executor when it is dropped.
struct Uses {
    executor: Arc<Executor>,
    dropped: Arc<AtomicUsize>,
    accepted: Arc<AtomicUsize>,
}

impl Drop for Uses {
    fn drop(&mut self) {
        if self.executor.submit("from a destructor", || 0).is_ok() {
            self.accepted.fetch_add(1, Ordering::SeqCst);
        }
        self.executor.shutdown(How::Cancel, Duration::ZERO);
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// Jobs that nobody wants back are cancelled: by a `Cancel`, at the limit of a `Drain`, by a call that waits for nothing,
/// or by a job. Or they are called, and drop what they captured, or their results are dropped.
fn destructors_may_use_the_executor(check: &Check) {
    check.small("a job whose destructor uses the executor", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 1..=2, 0..=5), |(queued, workers, way)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        let (dropped, accepted) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (ask, first) = (Gate::new(), held(&gate, &meter));
        if way == 5 {
            let (asked, inner) = (ask.clone(), Arc::clone(&executor));
            drop(submit(&executor, move || {
                asked.wait();
                inner.shutdown(How::Cancel, PATIENCE);
                drop(inner);
                first()
            }));
        } else {
            drop(submit(&executor, first));
        }
        (1..workers).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        settle();
        for _ in 0..queued {
            let uses = Uses {
                executor: Arc::clone(&executor),
                dropped: Arc::clone(&dropped),
                accepted: Arc::clone(&accepted),
            };
            if way == 4 {
                let handle = executor.submit("job", move || uses);
                expect(handle.is_ok(), Kind::WrongAnswer, || "a job was refused".into());
            } else {
                drop(submit(&executor, move || {
                    let _ = &uses;
                    7
                }));
            }
        }
        if way >= 3 {
            if way == 5 {
                ask.open()
            } else {
                gate.open()
            }
            await_that(|| dropped.load(Ordering::SeqCst) == queued);
        }
        let (how, limit) =
            [(How::Cancel, PATIENCE), (How::Drain, TICK), (How::Cancel, Duration::ZERO)][way % 3];
        let shared = Arc::clone(&executor);
        let (returned, thread) = beside(move || drop(shared.shutdown(how, limit)));
        await_that(|| dropped.load(Ordering::SeqCst) == queued);
        gate.open();
        await_that(|| returned.entered() == 1);
        thread.join().unwrap();
        // So that no destructor is the last one to have the executor.
        executor.shutdown(How::Drain, PATIENCE);
        expect_eq("how many of the queued jobs were dropped", dropped.load(Ordering::SeqCst), queued);
        // The others are destroyed before anybody has asked for an end.
        if way < 3 || way == 5 {
            expect_eq(
                "how many jobs `submit` accepted in destructors of jobs that a shutdown cancelled",
                accepted.load(Ordering::SeqCst),
                0,
            );
        }
        drop(executor);
        every_thread_has_finished();
    });
}

fn a_dropped_executor_drains(check: &Check) {
    check.small("an executor that is dropped with 2 jobs, and 1 worker", (vec![0u64, 1], 1usize, 0usize));
    check.forall(input::numbers_and_two(0..16, 0..=6, 1..=3, 0..=2), |(numbers, workers, how)| {
        let (executor, meter) = (executor(workers), Meter::new());
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                let (n, meter) = (*n, meter.clone());
                let handle = submit(&executor, move || {
                    let _inside = meter.enter();
                    pause(TICK * (n / 4) as u32);
                    end(n)
                });
                (n, handle)
            })
            .collect();
        if how == 2 {
            // Dropped by a panic of its owner.
            let owner = thread::spawn(move || {
                let _executor = executor;
                panic!("the owner failed (the check makes it panic)");
            });
            expect(owner.join().is_err(), Kind::SwallowedPanic, || {
                "the owner of the executor panicked, and is not told".into()
            });
        } else {
            drop(executor);
        }
        expect(meter.inside() == 0, Kind::TooEarly, || {
            format!("the executor has been dropped, and {} jobs still run", meter.inside())
        });
        every_thread_has_finished();
        expect_eq("how many of the accepted jobs were called", meter.entered(), numbers.len());
        for (n, handle) in handles {
            expect_eq("what `join` returned after the drop", join(handle), wanted(n));
        }
    });
}

fn after_a_limit_the_drop_waits_for_nothing(check: &Check) {
    check.forall(input::triple(1..=3, 0..=2, 0..=1), |(workers, queued, drain)| {
        let (executor, gate, meter) = (executor(workers), Gate::new(), Meter::new());
        let running: Vec<_> = (0..workers).map(|_| submit(&executor, held(&gate, &meter))).collect();
        (0..queued).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        pause(TICK);
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        let named = executor.shutdown(how, TICK);
        expect_eq("how many jobs still run at the limit", named.len(), workers);
        let (returned, thread) = beside(move || drop(executor));
        has_returned(&returned, "a shutdown has given up, and the executor is dropped");
        thread.join().unwrap();
        gate.open();
        running.into_iter().for_each(|handle| expect_eq("a result", join(handle), "the result 7".into()));
        every_thread_has_finished();
    });
}

/// The job has asked and goes on, the others too. It has let go of its executor.
fn a_drop_waits_when_a_job_has_asked_for_the_end(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=3), |(workers, queued, how)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        let limit = [PATIENCE, Duration::ZERO][how % 2];
        let how = if how < 2 { How::Drain } else { How::Cancel };
        let (wake, asked) = (Gate::new(), Gate::new());
        let (inner, woken, told, rest) =
            (Arc::clone(&executor), wake.clone(), asked.clone(), held(&gate, &meter));
        drop(submit(&executor, move || {
            woken.wait();
            drop(inner.shutdown(how, limit));
            drop(inner);
            told.open();
            rest()
        }));
        (1..workers).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        settle();
        (0..queued).for_each(|_| drop(submit(&executor, held(&gate, &meter))));
        wake.open();
        asked.wait();
        let (dropped, thread) = beside(move || drop(executor));
        pause(TICK);
        has_not_returned(&dropped, "a job has asked for a shutdown, jobs still run, the executor is dropped");
        gate.open();
        thread.join().unwrap();
        expect(meter.inside() == 0, Kind::TooEarly, || {
            format!("the executor has been dropped, and {} jobs still run", meter.inside())
        });
        let most = if how == How::Drain { workers + queued } else { workers };
        expect_eq("how many jobs were called", meter.entered(), most);
        every_thread_has_finished();
    });
}

/// The job has the last reference to its executor, and jobs lie behind it in the queue.
fn an_executor_dropped_by_its_own_job_waits_for_nothing(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=4, 1..=3, 0..=2), |(numbers, workers, way)| {
        let stop = Stop::new();
        let executor = Arc::new(Executor::new(workers, stop.clone()));
        let (meter, gate) = (Meter::new(), Gate::new());
        let (inner, waits) = (Arc::clone(&executor), gate.clone());
        let handle = submit(&executor, move || {
            waits.wait();
            // A drain or a stop has been asked for before, or neither.
            match way {
                0 => {}
                1 => drop(inner.shutdown(How::Drain, PATIENCE)),
                _ => drop(stop.request()),
            }
            let before = now();
            drop(inner);
            let after = now();
            expect_in_time("the drop ended", after, Duration::ZERO..=before + SOON, || {
                format!("a job dropped its executor, and that took {:?}", after - before)
            });
            7
        });
        for n in &numbers {
            let (n, meter) = (*n, meter.clone());
            drop(submit(&executor, move || {
                let _inside = meter.enter();
                pause(TICK * (1 + n / 4) as u32);
                end(n)
            }));
        }
        drop(executor);
        gate.open();
        expect_eq("the result of the job that drops its executor", join(handle), "the result 7".to_owned());
        await_that(|| meter.entered() == numbers.len() && meter.inside() == 0);
        expect_eq("how many of the accepted jobs were called", meter.entered(), numbers.len());
        every_thread_has_finished();
    });
}

/// An item that is neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Item(u64);

/// Compiled once, whatever `f` is.
fn map(
    executor: &Executor,
    name: &str,
    items: Vec<Item>,
    f: Box<dyn Fn(Item) -> u64 + Send + Sync>,
) -> Vec<Outcome<u64, Item>> {
    executor.map(name, items, f)
}

/// What came of an item, in words. An item that comes back is named.
fn item(outcome: Outcome<u64, Item>) -> String {
    match outcome {
        Outcome::Cancelled(item) => format!("{item:?} cancelled"),
        outcome => told(outcome),
    }
}

fn a_map_returns_an_outcome_for_each_item(check: &Check) {
    check.small("2 equal items and 2 workers", (vec![0u64, 0], 2usize));
    check.forall(input::numbers_and(0..12, 0..=6, 1..=4), |(numbers, workers)| {
        let (executor, called) = (executor(workers), Arc::new(AtomicUsize::new(0)));
        let (counted, of) = (Arc::clone(&called), numbers.len());
        let f = move |item: Item| {
            let turn = counted.fetch_add(1, Ordering::SeqCst);
            // The later it is called, the sooner it ends.
            pause(TICK * of.saturating_sub(turn) as u32);
            end(item.0)
        };
        let outcomes = map(&executor, "item", numbers.iter().map(|n| Item(*n)).collect(), Box::new(f));
        let told: Vec<_> = outcomes.into_iter().map(item).collect();
        let wanted: Vec<_> = numbers.iter().map(|n| wanted(*n)).collect();
        expect_eq("the outcomes of the items", told, wanted);
        expect_eq("how often `f` was called", called.load(Ordering::SeqCst), of);
        shut_down(&executor, How::Cancel, &Meter::new());
    });
}

fn items_of_a_map_overlap_and_have_names(check: &Check) {
    check.forall(input::pair(1..=6, 1..=4), |(items, workers)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        let (inner, watched, waits) = (Arc::clone(&executor), meter.clone(), gate.clone());
        let f = move |item: Item| {
            let _inside = watched.enter();
            watched.at_most(workers, "items");
            waits.wait();
            item.0
        };
        let (returned, thread) = beside(move || {
            let outcomes = map(&inner, "thumb", (0..items as u64).map(Item).collect(), Box::new(f));
            let results = outcomes.into_iter().filter(|it| matches!(it, Outcome::Done(_))).count();
            expect(results <= items, Kind::WrongAnswer, || "there are more results than items".into());
        });
        settle();
        let running = workers.min(items);
        expect(meter.inside() == running, Kind::Sequential, || {
            format!(
                "with {items} items and {workers} workers, {running} should run at once, and {} do",
                meter.inside()
            )
        });
        has_not_returned(&returned, "items are still running");
        let named = executor.shutdown(How::Drain, Duration::ZERO);
        let wanted: Vec<_> = (0..running).map(|i| format!("thumb {i}")).collect();
        expect_in_any_order("the names of the running items", &named, &wanted);
        gate.open();
        has_returned(&returned, "every item has ended");
        thread.join().unwrap();
        drop(executor);
        every_thread_has_finished();
    });
}

/// A stop before the call, a shutdown before the call, or a shutdown while the first items run.
fn items_of_a_map_are_refused_or_cancelled(check: &Check) {
    check.forall(input::triple(0..=5, 1..=3, 0..=2), |(items, workers, when)| {
        let stop = Stop::new();
        let executor = Arc::new(Executor::new(workers, stop.clone()));
        let (gate, meter, began) = (Gate::new(), Meter::new(), Arc::<Mutex<Vec<u64>>>::default());
        match when {
            0 => drop(stop.request()),
            1 => drop(executor.shutdown(How::Cancel, PATIENCE)),
            _ => (),
        }
        let (inner, waits, counted) = (Arc::clone(&executor), gate.clone(), meter.clone());
        let noted = Arc::clone(&began);
        let f = move |item: Item| {
            let _inside = counted.enter();
            noted.lock().unwrap().push(item.0);
            waits.wait();
            item.0 * 10
        };
        let outcomes = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&outcomes);
        let (returned, thread) = beside(move || {
            let outcomes = map(&inner, "item", (0..items as u64).map(Item).collect(), Box::new(f));
            *kept.lock().unwrap() = outcomes.into_iter().map(item).collect();
        });
        settle();
        if when < 2 {
            has_returned(&returned, "every item is refused");
        }
        let cancel = beside({
            let executor = Arc::clone(&executor);
            move || drop(executor.shutdown(How::Cancel, PATIENCE))
        });
        settle();
        gate.open();
        has_returned(&returned, "every item has ended or is cancelled");
        let began = began.lock().unwrap().clone();
        let wanted = |i: u64| {
            if began.contains(&i) {
                format!("the result {}", i * 10)
            } else {
                format!("{:?} cancelled", Item(i))
            }
        };
        let got = outcomes.lock().unwrap().clone();
        expect_eq("the outcomes of the items", got, (0..items as u64).map(wanted).collect());
        let most = if when < 2 { 0 } else { items.min(workers) };
        expect_eq("how many items began", began.len(), most);
        thread.join().unwrap();
        cancel.1.join().unwrap();
        drop(executor);
        every_thread_has_finished();
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let stop = Stop::new();
        let kitchen = Executor::new(2, stop.clone());
        let cook = |order: u64| move || pause(Duration::from_millis(1_000 + order));
        let submit = |order: u64| kitchen.submit(&format!("order {order}"), cook(order)).ok();
        let handles: Vec<_> = (1..=6).map(submit).collect();
        let asked = Arc::new(AtomicBool::new(false));
        let (signal, flag) = (stop.clone(), Arc::clone(&asked));
        let presses = thread::spawn(move || {
            pause(Duration::from_millis(500));
            flag.store(signal.request(), Ordering::SeqCst);
        });
        let how = if stop.wait_timeout(Duration::from_secs(4)) { How::Cancel } else { How::Drain };
        presses.join().unwrap();
        let mut lines = vec![format!("closing: {how:?}")];
        if kitchen.submit("order 7", cook(7)).is_err() {
            lines.push("order 7 is refused".to_owned());
        }
        let running = kitchen.shutdown(how, Duration::from_secs(5));
        for (order, handle) in (1..).zip(handles) {
            let name = format!("order {order}");
            let told = match handle {
                _ if running.contains(&name) => "still running",
                None => "refused",
                Some(handle) => match handle.join() {
                    Outcome::Done(()) => "done",
                    Outcome::Panicked(_) => "panicked",
                    Outcome::Cancelled(_) => "cancelled",
                },
            };
            lines.push(format!("{name}: {told}"));
        }
        lines.join("\n")
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::triple(1..=3, 0..=4, 0..=1), |(workers, jobs, drain)| {
        let (executor, gate, meter) = (Arc::new(executor(workers)), Gate::new(), Meter::new());
        settle();
        let handles: Vec<_> = (0..jobs).map(|_| submit(&executor, held(&gate, &meter))).collect();
        let joins: Vec<_> = handles.into_iter().map(|handle| beside(move || drop(join(handle)))).collect();
        settle();
        pause(TICK);
        let how = if drain == 1 { How::Drain } else { How::Cancel };
        let calls: Vec<_> = [PATIENCE, Duration::MAX]
            .into_iter()
            .map(|limit| {
                let executor = Arc::clone(&executor);
                beside(move || drop(executor.shutdown(how, limit)))
            })
            .collect();
        // Whatever waits now has nothing to do until the gate opens.
        settle();
        pause(TICK);
        settle();
        gate.open();
        joins.into_iter().chain(calls).for_each(|(_, thread)| thread.join().unwrap());
    });
}
