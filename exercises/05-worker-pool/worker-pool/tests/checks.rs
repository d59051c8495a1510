//! The contract of README.md, a check or more for each clause.
#![allow(clippy::drop_non_drop)] // The handle of the stub has nothing to drop; that of a solution has.
use std::any::Any;
use std::panic::{panic_any, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use harness::{
    Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq,
    expect_in_any_order,
};
use harness::{fail, input, now, panic_message, pause, settle};
use worker_pool::{Failure, Handle, Pool};

checks! {
    1 => every_handle_returns_the_result_of_its_own_job;
    1 => each_job_is_called_once_on_a_thread_of_the_pool;
    1 => a_join_waits_for_the_end_of_its_job;
    1 => a_join_returns_when_its_job_ends simulated;
    1 => two_pools_at_once_keep_apart;
    2 => a_panic_comes_out_with_its_payload;
    2 => a_panic_costs_no_worker simulated;
    2 => a_destructor_that_panics_costs_no_worker simulated;
    3 => never_more_jobs_at_once_than_workers;
    3 => a_waiting_job_does_not_raise_the_bound;
    3 => jobs_that_go_on_after_a_wait_do_not_raise_the_bound;
    3 => no_workers_is_a_panic;
    4 => as_many_jobs_at_once_as_there_are_workers simulated;
    4 => a_free_worker_begins_a_job_at_once simulated;
    4 => jobs_begin_in_the_order_of_their_acceptance;
    4 => submit_waits_for_no_job simulated;
    4 => submit_in_a_job_waits_for_no_job;
    5 => a_dropped_handle_cancels_nothing;
    5 => a_handle_outlives_its_pool;
    5 => a_joined_job_has_dropped_what_it_captured;
    5 => everything_is_dropped_once;
    6 => a_job_may_submit;
    6 => a_job_that_waits_for_its_own_pool_is_served;
    6 => a_chain_of_waiting_jobs_is_served;
    6 => jobs_that_wait_for_older_jobs_are_served;
    6 => a_job_may_run_all;
    7 => a_dropped_pool_runs_what_it_has_accepted;
    7 => a_pool_dropped_by_a_panic_runs_what_it_has_accepted;
    7 => a_pool_dropped_by_a_job_of_another_pool_is_waited_for;
    7 => a_pool_dropped_by_its_own_job_waits_for_nothing;
    7 => a_pool_dropped_beside_a_waiting_job;
    8 => tasks_come_back_in_order_with_their_outcomes;
    8 => tasks_of_run_all_overlap simulated;
    8 => tasks_are_jobs_of_the_pool;
    8 => two_callers_of_run_all_keep_apart;
    8 => the_documented_run;
    9 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// How long a pool has nothing to do, so that no worker takes that for the end.
const IDLE: [Duration; 3] = [Duration::ZERO, Duration::from_secs(60), Duration::from_hours(24)];

/// What jobs return here: a number or a text.
type Ended = Result<u64, String>;

/// A panic's payload that is no text.
#[derive(Debug)]
struct Odd(#[expect(dead_code, reason = "shown by Debug")] u64);

/// Compiled once, whatever the job is.
fn submit(pool: &Pool, job: impl FnOnce() -> Ended + Send + 'static) -> Handle<u64, String> {
    let job: Box<dyn FnOnce() -> Ended + Send> = Box::new(job);
    pool.submit(job)
}

/// What a job does with a number, by the remainder: a result, an error, or a panic with one of three payloads.
fn end(number: u64) -> Ended {
    match number % 5 {
        0 => Ok(number * 10),
        1 => Err(format!("{number} is refused")),
        2 => panic!("no number in it"),
        3 => panic!("{number} failed (the check makes it panic)"),
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

/// What came of a job, in words.
fn told(ended: Result<u64, Failure<String>>) -> String {
    match ended {
        Ok(result) => format!("the result {result}"),
        Err(Failure::Error(error)) => format!("the error {error:?}"),
        Err(Failure::Panic(what)) => payload(&*what),
    }
}

/// What should come of [`end`].
fn wanted(number: u64) -> String {
    match number % 5 {
        0 => format!("the result {}", number * 10),
        1 => format!("the error {:?}", format!("{number} is refused")),
        2 => format!("a panic with the &str {:?}", "no number in it"),
        3 => format!("a panic with the String {:?}", format!("{number} failed (the check makes it panic)")),
        _ => format!("a panic with {:?}", Odd(number)),
    }
}

/// Joins a handle, and takes it for a panic of `join` if it panics.
fn join(handle: Handle<u64, String>) -> String {
    match catch(|| handle.join()) {
        Ok(ended) => told(ended),
        Err(what) => fail(Kind::Panicked, format!("`join` itself panicked: {}", payload(&*what))),
    }
}

/// Drops a pool, after which nothing of it may be left.
fn close(pool: Pool, meter: &Meter) {
    drop(pool);
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the pool has been dropped, and {} jobs still run", meter.inside())
    });
    every_thread_has_finished();
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

fn every_handle_returns_the_result_of_its_own_job(check: &Check) {
    check.small("2 jobs and 2 workers", (vec![0u64, 1], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..10, 0..=6, 1..=4, 0..=1), |(numbers, workers, backwards)| {
        let pool = Pool::new(workers);
        let (number, of) = (|n: u64| n / 2 * 5 + n % 2, numbers.len());
        let mut handles: Vec<_> = numbers
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let n = *n;
                // The later it comes, the sooner it ends.
                let handle = submit(&pool, move || {
                    pause(TICK * (of - i) as u32 * (n % 2) as u32);
                    end(number(n))
                });
                (n, handle)
            })
            .collect();
        if backwards == 1 {
            handles.reverse();
        }
        for (n, handle) in handles {
            expect_eq("what `join` returned for a job", join(handle), wanted(number(n)));
        }
    });
}

fn each_job_is_called_once_on_a_thread_of_the_pool(check: &Check) {
    check.forall(input::numbers_and(0..2, 0..=6, 1..=4), |(numbers, workers)| {
        let pool = Pool::new(workers);
        let called: Arc<Mutex<Vec<(usize, ThreadId)>>> = Arc::default();
        let handles: Vec<_> = numbers
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let (n, called) = (*n, Arc::clone(&called));
                submit(&pool, move || {
                    called.lock().unwrap().push((i, thread::current().id()));
                    end(n)
                })
            })
            .collect();
        let joiner = thread::scope(|scope| {
            let join_all = || {
                handles.into_iter().for_each(|handle| drop(join(handle)));
                thread::current().id()
            };
            scope.spawn(join_all).join().unwrap()
        });
        let called = called.lock().unwrap().clone();
        let (jobs, all): (Vec<usize>, Vec<usize>) =
            (called.iter().map(|(i, _)| *i).collect(), (0..numbers.len()).collect());
        expect_in_any_order("the numbers of the jobs that were called", &jobs, &all);
        let outside = [thread::current().id(), joiner];
        expect(called.iter().all(|(_, thread)| !outside.contains(thread)), Kind::WrongAnswer, || {
            "a job was called on the thread that submits or joins, which is no thread of the pool".into()
        });
    });
}

fn a_join_waits_for_the_end_of_its_job(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=1), |(workers, ticks, fate)| {
        let pool = Pool::new(workers);
        let ended = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ended);
        let handle = submit(&pool, move || {
            pause(TICK * ticks as u32);
            flag.store(true, Ordering::SeqCst);
            end(fate as u64)
        });
        expect_eq("what `join` returned", join(handle), wanted(fate as u64));
        expect(ended.load(Ordering::SeqCst), Kind::TooEarly, || {
            "`join` returned while its job was still running".into()
        });
    });
}

/// Time does not move between the end of the job and the look.
fn a_join_returns_when_its_job_ends(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=1), |(workers, joiners, fate)| {
        let (pool, gate) = (Pool::new(workers.max(joiners)), Gate::new());
        let handles: Vec<_> = (0..joiners)
            .map(|_| {
                let gate = gate.clone();
                submit(&pool, move || {
                    gate.wait();
                    end(fate as u64)
                })
            })
            .collect();
        let returned = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = handles
            .into_iter()
            .map(|handle| {
                let returned = Arc::clone(&returned);
                thread::spawn(move || {
                    drop(join(handle));
                    returned.fetch_add(1, Ordering::SeqCst);
                })
            })
            .collect();
        pause(TICK);
        gate.open();
        settle();
        let so_far = returned.load(Ordering::SeqCst);
        expect(so_far == joiners, Kind::TooLate, || {
            format!("{joiners} jobs have ended, and only {so_far} of the calls of `join` have returned: the others wait for something else than the end of the job")
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

/// One of the two is full of jobs that wait at a gate.
fn two_pools_at_once_keep_apart(check: &Check) {
    check.small("a pool that is busy, and another one", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=4), |(workers, jobs)| {
        let (busy, other, gate) = (Pool::new(workers), Pool::new(1), Gate::new());
        let waiting: Vec<_> = (0..workers)
            .map(|i| {
                let gate = gate.clone();
                submit(&busy, move || {
                    gate.wait();
                    Ok(i as u64)
                })
            })
            .collect();
        let handles: Vec<_> = (0..jobs as u64).map(|n| submit(&other, move || Ok(n))).collect();
        for (n, handle) in handles.into_iter().enumerate() {
            expect_eq("a result of the second pool", join(handle), format!("the result {n}"));
        }
        drop(other);
        gate.open();
        for (i, handle) in waiting.into_iter().enumerate() {
            expect_eq("a result of the first pool", join(handle), format!("the result {i}"));
        }
        close(busy, &Meter::new());
    });
}

fn a_panic_comes_out_with_its_payload(check: &Check) {
    check.small("a job that panics, a job after it, and 1 worker", (vec![4u64, 0], 1usize));
    check.forall(input::numbers_and(0..15, 1..=6, 1..=3), |(numbers, workers)| {
        let pool = Pool::new(workers);
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                (
                    *n,
                    submit(&pool, {
                        let n = *n;
                        move || end(n)
                    }),
                )
            })
            .collect();
        for (n, handle) in handles {
            expect_eq("what `join` returned for a job", join(handle), wanted(n));
        }
        close(pool, &Meter::new());
    });
}

/// As many jobs as there are workers meet inside. None of them may leave before all are there.
fn all_workers_are_there(pool: &Pool, workers: usize, after: &str) {
    let (meter, gate) = (Meter::new(), Gate::new());
    let handles: Vec<_> = (0..workers)
        .map(|_| {
            let (meter, gate) = (meter.clone(), gate.clone());
            submit(pool, move || {
                let _inside = meter.enter();
                gate.wait();
                Ok(0)
            })
        })
        .collect();
    settle();
    let inside = meter.inside();
    expect(inside == workers, Kind::Sequential, || {
        format!("{after}, {workers} jobs should run at once on {workers} workers, and {inside} do")
    });
    gate.open();
    for handle in handles {
        expect_eq("the result of a job", join(handle), "the result 0".to_owned());
    }
}

fn a_panic_costs_no_worker(check: &Check) {
    check.forall(input::numbers_and_two(2..5, 1..=5, 1..=3, 0..=1), |(numbers, workers, forget)| {
        let pool = Pool::new(workers);
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                submit(&pool, {
                    let n = *n;
                    move || end(n)
                })
            })
            .collect();
        if forget == 1 {
            drop(handles);
        } else {
            for (n, handle) in numbers.iter().zip(handles) {
                expect_eq("what `join` returned for a job that panicked", join(handle), wanted(*n));
            }
        }
        all_workers_are_there(&pool, workers, "after jobs that panicked");
        close(pool, &Meter::new());
    });
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

/// What is captured panics in the end, or the result of a job whose handle is gone before the job ends.
fn a_destructor_that_panics_costs_no_worker(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 0..=2), |(workers, jobs, what)| {
        let (pool, gate) = (Pool::new(workers), Gate::new());
        if what == 0 {
            let result = |_| {
                let gate = gate.clone();
                drop(pool.submit(move || -> Result<Bomb, Bomb> {
                    gate.wait();
                    Ok(Bomb(true))
                }));
            };
            (0..jobs).for_each(result);
        } else if what == 1 {
            let error = |_| {
                let gate = gate.clone();
                drop(pool.submit(move || -> Result<Bomb, Bomb> {
                    gate.wait();
                    Err(Bomb(true))
                }));
            };
            (0..jobs).for_each(error);
        } else {
            let capture = |_| {
                let bomb = Bomb(true);
                submit(&pool, move || {
                    let _ = &bomb;
                    Ok(7)
                })
            };
            let handles: Vec<_> = (0..jobs).map(capture).collect();
            for handle in handles {
                let wanted = "a panic with the &str \"a destructor failed (the check makes it panic)\"";
                expect_eq(
                    "what `join` returned for a job whose captured value panicked",
                    join(handle),
                    wanted.to_owned(),
                );
            }
        }
        gate.open();
        all_workers_are_there(&pool, workers, "after destructors that panicked");
        close(pool, &Meter::new());
    });
}

fn never_more_jobs_at_once_than_workers(check: &Check) {
    check.small("3 jobs and 2 workers", (vec![0u64, 2, 1], 2usize));
    check.forall(input::numbers_and(0..10, 0..=7, 1..=3), |(numbers, workers)| {
        let (pool, meter) = (Pool::new(workers), Meter::new());
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                let (n, meter) = (*n, meter.clone());
                submit(&pool, move || {
                    let _inside = meter.enter();
                    meter.at_most(workers, "jobs");
                    pause(TICK * (n / 5) as u32);
                    end(n)
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| drop(join(handle)));
        close(pool, &meter);
    });
}

/// Each job waits for one of its own pool, and for one of another pool with a single worker.
fn a_waiting_job_does_not_raise_the_bound(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 0..=1), |(workers, jobs, twice)| {
        let (pool, other) = (Arc::new(Pool::new(workers)), Arc::new(Pool::new(1)));
        let (meter, others) = (Meter::new(), Meter::new());
        let work = |meter: &Meter, most: usize| {
            let meter = meter.clone();
            move || {
                let _inside = meter.enter();
                meter.at_most(most, "jobs");
                pause(TICK);
                Ok(1)
            }
        };
        let handles: Vec<_> = (0..jobs)
            .map(|_| {
                let (inner, outer) = (Arc::clone(&pool), Arc::clone(&other));
                let (before, after) = (work(&meter, workers), work(&meter, workers));
                let (own, foreign) = (work(&meter, workers), work(&others, 1));
                submit(&pool, move || {
                    before()?;
                    let handle = submit(&outer, foreign);
                    if twice == 1 {
                        drop(join(submit(&inner, own)));
                    }
                    drop(join(handle));
                    after()
                })
            })
            .collect();
        for handle in handles {
            expect_eq("the result of a job that has waited", join(handle), "the result 1".to_owned());
        }
        expect(others.peak() == 1, Kind::WrongAnswer, || "no job of the other pool was called".into());
    });
}

/// Some jobs wait for running ones, and more are in the queue when both go on.
fn jobs_that_go_on_after_a_wait_do_not_raise_the_bound(check: &Check) {
    check.forall(input::triple(2..=3, 1..=2, 1..=5), |(workers, waiting, more)| {
        let (pool, meter) = (Pool::new(workers), Meter::new());
        let work = || {
            let meter = meter.clone();
            move || {
                let _inside = meter.enter();
                meter.at_most(workers, "jobs");
                pause(TICK);
                Ok::<u64, String>(1)
            }
        };
        let running: Vec<_> = (0..waiting).map(|_| submit(&pool, work())).collect();
        let waiters = running.into_iter().map(|handle| {
            let (before, after) = (work(), work());
            submit(&pool, move || {
                before()?;
                drop(join(handle));
                after()
            })
        });
        let mut handles: Vec<_> = waiters.collect();
        handles.extend((0..more).map(|_| submit(&pool, work())));
        for handle in handles {
            expect_eq("the result of a job", join(handle), "the result 1".to_owned());
        }
        close(pool, &meter);
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.schedules(|| {
        let outcome = catch(|| drop(Pool::new(0)));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 workers `new` should panic, and it returned".into()
        });
        every_thread_has_finished();
    });
}

fn as_many_jobs_at_once_as_there_are_workers(check: &Check) {
    check.small("2 jobs and 2 workers", (2usize, 0usize));
    check.forall(input::hundred_and(1..=9, 0..=2), |(workers, idle)| {
        let pool = Pool::new(workers);
        all_workers_are_there(&pool, workers, "in a new pool");
        pause(IDLE[idle]);
        all_workers_are_there(&pool, workers, "when all have worked before");
    });
}

/// Jobs are accepted one at a time, with time between them, while others run. After each, all is at rest.
fn a_free_worker_begins_a_job_at_once(check: &Check) {
    check.forall(input::numbers_and(0..20, 1..=6, 1..=3), |(numbers, workers)| {
        let (pool, meter) = (Pool::new(workers), Meter::new());
        let mut handles = Vec::new();
        for (i, n) in numbers.iter().enumerate() {
            let (n, watched) = (*n, meter.clone());
            handles.push(submit(&pool, move || {
                let _inside = watched.enter();
                pause(TICK * (n / 5) as u32 + TICK / 2);
                end(n)
            }));
            settle();
            let (inside, waiting) = (meter.inside(), i + 1 - meter.entered());
            expect(waiting == 0 || inside == workers, Kind::Sequential, || {
                format!("a worker is free while an accepted job waits: {inside} running, {waiting} not begun, {workers} workers")
            });
            pause(TICK * (n % 3) as u32);
        }
        handles.into_iter().for_each(|handle| drop(join(handle)));
    });
}

/// When a job begins, those that were accepted before it have begun too, but for as many as other workers have taken.
/// The last jobs are accepted from a job of the pool.
fn jobs_begin_in_the_order_of_their_acceptance(check: &Check) {
    check.forall(input::numbers_and_two(0..5, 1..=6, 1..=3, 0..=3), |(numbers, workers, inner)| {
        let (pool, gate) = (Arc::new(Pool::new(workers)), Gate::new());
        let begun: Arc<Mutex<Vec<usize>>> = Arc::default();
        let noted = |i: usize, n: u64| {
            let begun = Arc::clone(&begun);
            move || {
                begun.lock().unwrap().push(i);
                pause(TICK);
                end(n)
            }
        };
        let count = numbers.len();
        let last: Vec<_> = (count..count + inner).map(|i| noted(i, 0)).collect();
        let (held, shared) = (gate.clone(), Arc::clone(&pool));
        let submits = pool.submit(move || {
            held.wait();
            Ok::<_, ()>(last.into_iter().map(|job| submit(&shared, job)).collect::<Vec<_>>())
        });
        let hold = |_| {
            let gate = gate.clone();
            submit(&pool, move || {
                gate.wait();
                Ok(0)
            })
        };
        let mut handles: Vec<_> = (1..workers).map(hold).collect();
        settle();
        handles.extend(numbers.iter().enumerate().map(|(i, n)| submit(&pool, noted(i, *n))));
        gate.open();
        let Ok(last) = submits.join() else { fail(Kind::WrongAnswer, "a job that submits jobs failed") };
        handles.into_iter().chain(last).for_each(|handle| drop(join(handle)));
        let begun = begun.lock().unwrap();
        for (place, job) in begun.iter().enumerate() {
            let overtaken = (0..*job).filter(|older| !begun[..place].contains(older)).count();
            expect(overtaken < workers, Kind::WrongAnswer, || {
                format!("with {workers} workers, the jobs began in the order {begun:?}")
            });
        }
    });
}

fn submit_waits_for_no_job(check: &Check) {
    check.forall(input::thousand_and_two(1..=5, 1..=3, 1..=3), |(jobs, workers, submitters)| {
        let submitters = if jobs > 5 { 1 } else { submitters };
        let pool = Pool::new(workers);
        thread::scope(|scope| {
            for _ in 0..submitters {
                scope.spawn(|| {
                    for _ in 0..jobs {
                        let before = now();
                        drop(submit(&pool, || {
                            pause(10 * TICK);
                            Ok(0)
                        }));
                        let took = now() - before;
                        expect(took <= SOON, Kind::TooLate, || {
                            format!("`submit` took {took:?} while jobs ran")
                        });
                    }
                });
            }
        });
    });
}

/// The new job needs what the job that submits it does afterwards.
fn submit_in_a_job_waits_for_no_job(check: &Check) {
    check.forall(input::pair(1..=3, 1..=4), |(workers, jobs)| {
        let pool = Arc::new(Pool::new(workers));
        let inner = Arc::clone(&pool);
        let handle = pool.submit(move || {
            let gate = Gate::new();
            let behind_the_gate = |i| {
                let gate = gate.clone();
                submit(&inner, move || {
                    gate.wait();
                    Ok(i as u64)
                })
            };
            let handles: Vec<_> = (0..jobs).map(behind_the_gate).collect();
            gate.open();
            Ok::<_, ()>(handles)
        });
        let Ok(handles) = handle.join() else { fail(Kind::WrongAnswer, "a job that submits jobs failed") };
        for (i, handle) in handles.into_iter().enumerate() {
            expect_eq(
                "the result of a job that a job has submitted",
                join(handle),
                format!("the result {i}"),
            );
        }
    });
}

fn a_dropped_handle_cancels_nothing(check: &Check) {
    check.small("2 jobs without handles, and 1 worker", (vec![4u64, 0], 1usize));
    check.forall(input::numbers_and(0..10, 0..=6, 1..=3), |(numbers, workers)| {
        let (pool, meter) = (Pool::new(workers), Meter::new());
        for n in &numbers {
            let (n, meter) = (*n, meter.clone());
            drop(submit(&pool, move || {
                let _inside = meter.enter();
                pause(TICK * (n / 5) as u32);
                end(n)
            }));
        }
        let last = submit(&pool, || Ok(7));
        expect_eq("the result of a job behind them", join(last), "the result 7".to_owned());
        close(pool, &meter);
        expect_eq("how many jobs without a handle were called", meter.entered(), numbers.len());
    });
}

fn a_handle_outlives_its_pool(check: &Check) {
    check.forall(input::numbers_and(0..10, 0..=5, 1..=3), |(numbers, workers)| {
        let pool = Pool::new(workers);
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                let n = *n;
                submit(&pool, move || {
                    pause(TICK * (n / 5) as u32);
                    end(n)
                })
            })
            .collect();
        close(pool, &Meter::new());
        let elsewhere = thread::spawn(move || handles.into_iter().map(join).collect::<Vec<_>>());
        let wanted: Vec<_> = numbers.iter().map(|n| wanted(*n)).collect();
        expect_eq("what `join` returned after the drop", elsewhere.join().unwrap(), wanted);
    });
}

fn a_joined_job_has_dropped_what_it_captured(check: &Check) {
    check.forall(input::numbers_and(0..5, 1..=4, 1..=3), |(numbers, workers)| {
        let (pool, drops) = (Pool::new(workers), Drops::new());
        let count = numbers.len();
        let handles: Vec<_> = numbers
            .into_iter()
            .map(|n| {
                let (own, token) = (Drops::new(), drops.token());
                let captured = (own.token(), token);
                let job = move || {
                    let _ = &captured;
                    end(n)
                };
                (own, submit(&pool, job))
            })
            .collect();
        expect(drops.alive() <= count, Kind::WrongAnswer, || "a captured value was made twice".into());
        for (own, handle) in handles {
            drop(join(handle));
            expect(own.alive() == 0, Kind::Race, || {
                "`join` has returned, and what its job captured has not been dropped yet".into()
            });
        }
    });
}

/// Results that are neither `Clone` nor `Copy`, some of them taken, some not, some of handles that go late.
fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and(0..15, 0..=6, 1..=3), |(numbers, workers)| {
        let (pool, drops) = (Pool::new(workers), Drops::new());
        let (mut kept, mut taken) = (Vec::new(), 0);
        for n in &numbers {
            let (captured, returned, n) = (drops.token(), drops.token(), *n);
            let handle = pool.submit(move || {
                let _ = &captured;
                match n % 3 {
                    0 => Ok(returned),
                    1 => Err(returned),
                    _ => resume_unwind(Box::new(returned)),
                }
            });
            match n / 5 {
                0 => drop(handle),
                1 => kept.push(handle),
                _ => {
                    taken += 1;
                    let ended = handle.join();
                    let right = matches!(
                        (&ended, n % 3),
                        (Ok(_), 0) | (Err(Failure::Error(_)), 1) | (Err(Failure::Panic(_)), 2)
                    );
                    expect(right, Kind::WrongAnswer, || format!("what `join` returned: {ended:?}"));
                }
            }
        }
        expect(taken <= numbers.len(), Kind::WrongAnswer, || "each handle is joined once".into());
        // Tasks and the function of `run_all` are captured, too.
        let (captured, tasks) = (drops.token(), numbers.iter().map(|_| drops.token()).collect());
        drop(pool.run_all(tasks, move |_| {
            let _ = &captured;
            Ok::<_, ()>(())
        }));
        close(pool, &Meter::new());
        drop(kept);
        expect_eq("how many captured values, tasks, results and payloads are not dropped", drops.alive(), 0);
    });
}

/// Each job submits another one, which submits another one, so many times.
fn generations(pool: &Arc<Pool>, left: usize, meter: &Meter, done: &Gate) {
    let (inner, counted, done) = (Arc::downgrade(pool), meter.clone(), done.clone());
    drop(submit(pool, move || {
        let _inside = counted.enter();
        match inner.upgrade() {
            Some(pool) if left > 0 => generations(&pool, left - 1, &counted, &done),
            _ => done.open(),
        }
        Ok(0)
    }));
}

fn a_job_may_submit(check: &Check) {
    check.small("a job that submits a job, and 1 worker", (1usize, 1usize));
    check.forall(input::pair(1..=3, 0..=5), |(workers, depth)| {
        let (pool, meter, done) = (Arc::new(Pool::new(workers)), Meter::new(), Gate::new());
        generations(&pool, depth, &meter, &done);
        done.wait();
        drop(pool);
        // A job that still had the pool in its hands drops it, and then nobody waits for the last one.
        await_that(|| meter.inside() == 0);
        expect_eq("how many jobs were called", meter.entered(), depth + 1);
        every_thread_has_finished();
    });
}

/// Each of the jobs waits for a job that it submits.
fn a_job_that_waits_for_its_own_pool_is_served(check: &Check) {
    check.small("a job that waits for another, and 1 worker", (vec![0u64], 1usize));
    check.forall(input::numbers_and(0..10, 1..=5, 1..=3), |(numbers, workers)| {
        let pool = Arc::new(Pool::new(workers));
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                let (n, inner) = (*n, Arc::clone(&pool));
                submit(&pool, move || {
                    let handle = submit(&inner, move || {
                        pause(TICK * (n / 5) as u32);
                        end(n)
                    });
                    expect_eq("what `join` returned in a job", join(handle), wanted(n));
                    Ok(n)
                })
            })
            .collect();
        for (n, handle) in numbers.iter().zip(handles) {
            expect_eq("the result of a job that has waited", join(handle), format!("the result {n}"));
        }
    });
}

/// The sum of the numbers up to `n`, as a job that waits for the sum up to `n - 1`, or for both halves of the numbers.
fn sum(pool: &Arc<Pool>, from: u64, to: u64, halves: bool) -> u64 {
    if to - from <= 1 {
        return from;
    }
    let middle = if halves { (from + to) / 2 } else { from + 1 };
    let half = |from, to| {
        let inner = Arc::clone(pool);
        submit(pool, move || Ok(sum(&inner, from, to, halves)))
    };
    let value = |handle: Handle<u64, String>| match handle.join() {
        Ok(value) => value,
        ended => fail(Kind::WrongAnswer, format!("a job that adds up numbers got {}", told(ended))),
    };
    let (left, right) = (half(from, middle), half(middle, to));
    value(right) + value(left)
}

fn a_chain_of_waiting_jobs_is_served(check: &Check) {
    check.forall(input::triple(1..=3, 1..=160, 0..=1), |(workers, n, halves)| {
        // Once in a while many jobs wait.
        let n = if n == 160 { 72 } else { 1 + n % 6 };
        let pool = Arc::new(Pool::new(workers));
        let (inner, to) = (Arc::clone(&pool), n as u64);
        let handle = submit(&pool, move || Ok(sum(&inner, 0, to, halves == 1)));
        let wanted = (0..to).sum::<u64>();
        expect_eq("the sum, made by jobs that wait for jobs", join(handle), format!("the result {wanted}"));
    });
}

/// A job in the queue waits for the first one. The first one waits, so many jobs later, for the last one.
fn jobs_that_wait_for_older_jobs_are_served(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=2), |(workers, between, others)| {
        let (pool, gate) = (Pool::new(workers), Gate::new());
        let last: Arc<Mutex<Option<Handle<u64, String>>>> = Arc::default();
        let (held, awaited) = (gate.clone(), Arc::clone(&last));
        let first = submit(&pool, move || {
            held.wait();
            let handle = awaited.lock().unwrap().take();
            drop(handle.map(join));
            Ok(1)
        });
        let mut handle = first;
        for _ in 0..between {
            let older = handle;
            handle = submit(&pool, move || {
                expect_eq("what `join` returned for an older job", join(older), "the result 1".to_owned());
                Ok(1)
            });
        }
        (0..others).for_each(|_| drop(submit(&pool, || end(4))));
        *last.lock().unwrap() = Some(submit(&pool, || Ok(7)));
        gate.open();
        expect_eq("the result of the job that waits for older ones", join(handle), "the result 1".to_owned());
    });
}

fn a_job_may_run_all(check: &Check) {
    check.forall(input::numbers_and(0..10, 0..=4, 1..=3), |(numbers, workers)| {
        let pool = Arc::new(Pool::new(workers));
        let (inner, tasks) = (Arc::clone(&pool), numbers.clone());
        let handle = pool.submit(move || Ok::<_, String>(inner.run_all(tasks, |n: &u64| end(*n))));
        let Ok(outcomes) = handle.join() else {
            fail(Kind::WrongAnswer, "a job that calls `run_all` failed")
        };
        let told: Vec<_> = outcomes.into_iter().map(|(n, ended)| (n, told(ended))).collect();
        let wanted: Vec<_> = numbers.iter().map(|n| (*n, wanted(*n))).collect();
        expect_eq("what `run_all` returned in a job", told, wanted);
    });
}

fn a_dropped_pool_runs_what_it_has_accepted(check: &Check) {
    check.small("a pool that is dropped with 2 jobs, and 1 worker", (vec![0u64, 4], 1usize));
    check.forall(input::numbers_and(0..15, 0..=6, 1..=3), |(numbers, workers)| {
        let (pool, meter) = (Pool::new(workers), Meter::new());
        for n in &numbers {
            let (n, meter) = (*n, meter.clone());
            drop(submit(&pool, move || {
                let _inside = meter.enter();
                pause(TICK * (n / 5) as u32);
                end(n)
            }));
        }
        close(pool, &meter);
        expect_eq("how many of the accepted jobs were called", meter.entered(), numbers.len());
    });
}

fn a_pool_dropped_by_a_panic_runs_what_it_has_accepted(check: &Check) {
    check.forall(input::numbers_and(0..10, 0..=4, 1..=3), |(numbers, workers)| {
        let meter = Meter::new();
        let (watched, count) = (meter.clone(), numbers.len());
        let owner = thread::spawn(move || {
            let pool = Pool::new(workers);
            for n in numbers {
                let meter = watched.clone();
                drop(submit(&pool, move || {
                    let _inside = meter.enter();
                    pause(TICK * (n / 5) as u32);
                    end(n)
                }));
            }
            panic!("the owner failed (the check makes it panic)");
        });
        let outcome = owner.join();
        expect(outcome.is_err(), Kind::SwallowedPanic, || {
            "the owner of the pool panicked, and is not told".into()
        });
        expect_eq("how many of the accepted jobs were called", meter.entered(), count);
        expect_eq("how many of them still run", meter.inside(), 0);
        every_thread_has_finished();
    });
}

fn a_pool_dropped_by_a_job_of_another_pool_is_waited_for(check: &Check) {
    check.small("a job that drops another pool with a job in it", (vec![0u64], 1usize));
    check.forall(input::numbers_and(0..10, 1..=4, 1..=2), |(numbers, workers)| {
        let (owner, meter) = (Pool::new(workers), Meter::new());
        let (watched, count) = (meter.clone(), numbers.len());
        let handle = submit(&owner, move || {
            let pool = Pool::new(workers);
            for n in numbers {
                let meter = watched.clone();
                drop(submit(&pool, move || {
                    let _inside = meter.enter();
                    pause(TICK * (n / 5) as u32);
                    end(n)
                }));
            }
            drop(pool);
            expect_eq(
                "how many of the accepted jobs were called when the drop returned",
                watched.entered(),
                count,
            );
            expect_eq("how many of them still run", watched.inside(), 0);
            Ok(7)
        });
        expect_eq("the result of the job that dropped another pool", join(handle), "the result 7".to_owned());
    });
}

/// The job has the last reference to its pool, and jobs lie behind it in the queue.
fn a_pool_dropped_by_its_own_job_waits_for_nothing(check: &Check) {
    check.small("a job that drops its pool, and 1 worker", (vec![0u64], 1usize));
    check.forall(input::numbers_and(0..15, 0..=5, 1..=3), |(numbers, workers)| {
        let (pool, meter, gate) = (Arc::new(Pool::new(workers)), Meter::new(), Gate::new());
        let (inner, held) = (Arc::clone(&pool), gate.clone());
        let handle = submit(&pool, move || {
            held.wait();
            let before = now();
            drop(inner);
            let took = now() - before;
            expect(took <= SOON, Kind::TooLate, || format!("a job dropped its pool, and that took {took:?}"));
            Ok(7)
        });
        for n in &numbers {
            let (n, meter) = (*n, meter.clone());
            drop(submit(&pool, move || {
                let _inside = meter.enter();
                pause(TICK * (1 + n / 5) as u32);
                end(n)
            }));
        }
        drop(pool);
        gate.open();
        expect_eq("the result of the job that drops its pool", join(handle), "the result 7".to_owned());
        await_that(|| meter.entered() == numbers.len() && meter.inside() == 0);
        expect_eq("how many of the accepted jobs were called", meter.entered(), numbers.len());
        every_thread_has_finished();
    });
}

/// While a job drops the pool, another job of it waits for that job.
fn a_pool_dropped_beside_a_waiting_job(check: &Check) {
    check.forall(input::pair(2..=3, 0..=2), |(workers, others)| {
        let (pool, gate) = (Arc::new(Pool::new(workers)), Gate::new());
        let (inner, held) = (Arc::clone(&pool), gate.clone());
        let drops = submit(&pool, move || {
            held.wait();
            drop(inner);
            Ok(7)
        });
        let waits = submit(&pool, move || {
            expect_eq("the result of the job that drops its pool", join(drops), "the result 7".to_owned());
            Ok(1)
        });
        (0..others).for_each(|_| drop(submit(&pool, || Ok(0))));
        drop(pool);
        pause(TICK);
        gate.open();
        expect_eq("the result of the job that waits", join(waits), "the result 1".to_owned());
        every_thread_has_finished();
    });
}

/// A task that is neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Task(u64);

fn tasks_come_back_in_order_with_their_outcomes(check: &Check) {
    check.small("2 equal tasks and 2 workers", (vec![0u64, 0], 2usize));
    check.forall(input::numbers_and(0..10, 0..=6, 1..=4), |(numbers, workers)| {
        let (pool, called) = (Pool::new(workers), Arc::new(AtomicUsize::new(0)));
        let (counted, of) = (Arc::clone(&called), numbers.len());
        let f = move |task: &Task| {
            let turn = counted.fetch_add(1, Ordering::SeqCst);
            // The later it is called, the sooner it ends.
            pause(TICK * of.saturating_sub(turn) as u32);
            end(task.0)
        };
        let outcomes = pool.run_all(numbers.iter().map(|n| Task(*n)).collect(), f);
        let told: Vec<_> = outcomes.into_iter().map(|(task, ended)| (task, told(ended))).collect();
        let wanted: Vec<_> = numbers.iter().map(|n| (Task(*n), wanted(*n))).collect();
        expect_eq("the tasks with what came of them", told, wanted);
        expect_eq("how often `f` was called", called.load(Ordering::SeqCst), of);
        close(pool, &Meter::new());
    });
}

fn tasks_of_run_all_overlap(check: &Check) {
    check.forall(input::pair(1..=7, 1..=4), |(tasks, workers)| {
        let (pool, meter) = (Pool::new(workers), Meter::new());
        let watched = meter.clone();
        let f = move |_: &usize| -> Result<(), ()> {
            let _inside = watched.enter();
            watched.at_most(workers, "tasks");
            pause(TICK);
            Ok(())
        };
        pool.run_all((0..tasks).collect(), f);
        expect_eq("how many tasks still run when `run_all` has returned", meter.inside(), 0);
        let wanted = workers.min(tasks);
        expect(meter.peak() == wanted, Kind::Sequential, || {
            format!("with {tasks} tasks and {workers} workers, {wanted} should run at once; there never were more than {}", meter.peak())
        });
    });
}

/// Two callers and some jobs share the workers.
fn tasks_are_jobs_of_the_pool(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 0..=2), |(workers, tasks, jobs)| {
        let (pool, meter) = (Pool::new(workers), Meter::new());
        let work = || {
            let meter = meter.clone();
            move || {
                let _inside = meter.enter();
                meter.at_most(workers, "jobs and tasks");
                pause(TICK);
                Ok(0)
            }
        };
        let handles: Vec<_> = (0..jobs).map(|_| submit(&pool, work())).collect();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let work = work();
                    pool.run_all((0..tasks).collect(), move |_: &usize| work());
                });
            }
        });
        handles.into_iter().for_each(|handle| drop(join(handle)));
        expect_eq("how many jobs and tasks were called", meter.entered(), jobs + 2 * tasks);
    });
}

fn two_callers_of_run_all_keep_apart(check: &Check) {
    check.forall(input::triple(0..=3, 0..=3, 1..=3), |(one, other, workers)| {
        let pool = Pool::new(workers);
        let call = |numbers: Vec<u64>| {
            let outcomes = pool.run_all(numbers.clone(), |n: &u64| end(*n));
            let told: Vec<_> = outcomes.into_iter().map(|(n, ended)| (n, told(ended))).collect();
            let wanted: Vec<_> = numbers.iter().map(|n| (*n, wanted(*n))).collect();
            expect_eq("what came of the tasks of one of two callers at once", told, wanted);
        };
        thread::scope(|scope| {
            scope.spawn(|| call((0..one as u64).collect()));
            call((10..10 + other as u64).rev().collect());
        });
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let pool = Pool::new(3);
        let divide = |task: &u32| match (100 / task, 100 % task) {
            (result, 0) => Ok(result),
            (_, rest) => Err(format!("leaves {rest}")),
        };
        let outcomes = pool.run_all(vec![4, 0, 7, 4, 25, 10], divide);
        let line = |(place, (task, outcome)): (usize, &(u32, Result<u32, Failure<String>>))| {
            let end = match outcome {
                Ok(result) => format!("is {result}"),
                Err(Failure::Error(error)) => error.clone(),
                Err(Failure::Panic(_)) => "panicked".to_owned(),
            };
            format!("{place}: 100 / {task} {end}")
        };
        outcomes.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..15, 0..=4, 1..=3), |(numbers, workers)| {
        let pool = Arc::new(Pool::new(workers));
        pause(TICK);
        let handles: Vec<_> = numbers
            .iter()
            .map(|n| {
                let (n, inner) = (*n, Arc::clone(&pool));
                submit(&pool, move || {
                    let handle = submit(&inner, move || {
                        pause(TICK * (1 + n / 5) as u32);
                        end(n)
                    });
                    drop(join(handle));
                    Ok(0)
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| drop(join(handle)));
    });
}
