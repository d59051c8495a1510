//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::panic::panic_any;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_time, fail, input, now, panic_message, pause, settle};
use resource_pool::{Failure, Guard, Pool};

checks! {
    1 => a_guard_is_the_way_to_its_resource;
    1 => a_dropped_guard_returns_its_resource;
    1 => a_panic_returns_the_resource_too;
    1 => a_guard_may_be_dropped_on_another_thread;
    1 => pools_are_independent;
    1 => calls_wait_at_two_pools simulated;
    2 => resources_are_made_when_they_are_needed;
    2 => never_more_resources_than_places;
    2 => as_many_guards_at_once_as_places simulated;
    2 => never_more_resources_after_a_failure simulated;
    2 => no_places_is_a_panic;
    3 => waiting_calls_are_served_in_turn simulated;
    3 => nobody_overtakes_a_waiting_call simulated;
    3 => nobody_overtakes_a_call_for_several simulated;
    3 => the_first_call_is_woken_at_once simulated;
    3 => a_failure_among_several_serves_as_many_as_there_is_room_for simulated;
    4 => a_call_times_out_in_time simulated;
    4 => a_limit_counts_from_the_beginning simulated;
    4 => a_limit_of_zero_takes_what_is_free;
    4 => a_limit_may_be_as_long_as_you_like simulated;
    4 => a_timed_out_call_delays_nobody simulated;
    4 => a_timeout_at_the_moment_of_a_return_loses_nothing;
    4 => the_limit_ends_with_the_turn simulated;
    5 => a_failed_factory_costs_only_its_caller;
    5 => a_panic_of_the_factory_reaches_its_caller;
    5 => the_next_call_is_served_after_a_failure;
    5 => factories_run_at_the_same_time simulated;
    5 => nobody_waits_for_a_factory;
    5 => the_factory_runs_on_the_callers_thread;
    6 => a_discarded_resource_is_replaced;
    6 => a_discard_wakes_the_first_call;
    6 => a_resource_is_dropped_before_its_place_is_free;
    6 => a_destructor_that_panics_frees_the_place;
    6 => nobody_waits_for_a_destructor;
    6 => a_destructor_may_call_the_pool;
    6 => a_factory_may_call_the_pool;
    7 => a_close_wakes_all_waiting_calls simulated;
    7 => a_close_wakes_calls_beside_a_destructor simulated;
    7 => every_call_after_the_close_is_refused;
    7 => idle_resources_are_dropped_by_the_close;
    7 => guards_outlive_the_pool;
    7 => a_close_does_not_disturb_a_factory;
    7 => a_close_beside_everything_else;
    8 => several_resources_at_once;
    8 => several_callers_of_several_resources;
    8 => a_call_that_waits_for_several_holds_none simulated;
    8 => several_resources_in_turn simulated;
    8 => a_failure_among_several_returns_the_others;
    8 => counts_of_zero_and_too_many;
    8 => the_documented_run simulated;
    9 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const YEAR: Duration = Duration::from_hours(24 * 366);
const SOON: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_hours(1);

/// What the pools of the checks hold. Neither `Clone` nor `Copy`.
struct Resource {
    /// As many as were made before it.
    number: usize,
    uses: usize,
    /// Counted until the destructor has run.
    _token: Box<dyn Any + Send>,
    end: Option<Box<dyn FnOnce() + Send>>,
}

impl Drop for Resource {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            end();
        }
    }
}

type Shop = Pool<Resource, String>;
type Got = Result<Guard<Resource>, Failure<String>>;

/// Counts the resources of a pool.
#[derive(Clone)]
struct Counts {
    /// Those that exist.
    alive: Drops,
    /// Those that are being made, and how often the factory was called.
    making: Meter,
    /// Entered before the pool is closed. A closed pool drops what is idle while others may still make what they need.
    closing: Meter,
}

impl Counts {
    fn new() -> Self {
        Self { alive: Drops::new(), making: Meter::new(), closing: Meter::new() }
    }

    /// A pool whose factory calls `make` with the number of each resource, counted from 0.
    fn pool(
        &self,
        size: usize,
        make: impl Fn(usize) -> Result<(), String> + Send + Sync + 'static,
    ) -> Arc<Shop> {
        let counts = self.clone();
        let factory = move || {
            let _inside = counts.making.enter();
            let (number, token) = (counts.made() - 1, counts.alive.token());
            let alive = counts.alive.alive();
            expect(alive <= size || counts.closing.entered() > 0, Kind::Oversubscribed, || {
                format!(
                    "{alive} resources exist at once in a pool of {size} places, those that are being made or dropped included"
                )
            });
            make(number)?;
            Ok(Resource { number, uses: 0, _token: Box::new(token), end: None })
        };
        let factory: Box<dyn Fn() -> Result<Resource, String> + Send + Sync> = Box::new(factory);
        Arc::new(Pool::new(size, factory))
    }

    /// How often the factory was called.
    fn made(&self) -> usize {
        self.making.entered()
    }
}

/// A pool whose factory always works.
fn shop(size: usize) -> Arc<Shop> {
    Counts::new().pool(size, |_| Ok(()))
}

/// An outcome in words.
fn told(outcome: &Got) -> String {
    match outcome {
        Ok(_) => "a guard".to_owned(),
        Err(failure) => format!("{failure:?}"),
    }
}

/// The guard that a call returned.
#[track_caller]
fn got<G>(call: &str, outcome: Result<G, Failure<String>>) -> G {
    match outcome {
        Ok(guard) => guard,
        Err(failure) => fail(
            Kind::WrongAnswer,
            format!("{call} returned {failure:?}, and should return what it asked for"),
        ),
    }
}

fn acquire(pool: &Shop) -> Guard<Resource> {
    got("`acquire`", pool.acquire())
}

/// As many guards as the pool has places. None of them may be lost.
fn all_places(pool: &Shop, size: usize, when: &str) -> Vec<Guard<Resource>> {
    let mut guards = Vec::new();
    while guards.len() < size {
        match pool.acquire_timeout(LONG) {
            Ok(guard) => guards.push(guard),
            Err(Failure::TimedOut) => {
                let count = guards.len();
                let text = format!(
                    "{when}, nobody holds a place, and only {count} of {size} can be had within an hour"
                );
                fail(Kind::WrongAnswer, text)
            }
            Err(other) => fail(Kind::WrongAnswer, format!("{when}, `acquire_timeout` returned {other:?}")),
        }
    }
    guards
}

/// A call on a thread of its own, which has begun to wait when this returns, unless it needs no wait.
fn begin<R: Send + 'static>(
    pool: &Arc<Shop>,
    call: impl FnOnce(&Shop) -> R + Send + 'static,
) -> JoinHandle<R> {
    let pool = Arc::clone(pool);
    let thread = thread::spawn(move || call(&pool));
    settle();
    thread
}

#[track_caller]
fn ended<R>(thread: JoinHandle<R>) -> R {
    match thread.join() {
        Ok(returned) => returned,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(Kind::Panicked, format!("a call of the pool panicked with {message:?}"))
        }
    }
}

fn a_guard_is_the_way_to_its_resource(check: &Check) {
    check.forall(input::pair(1..=3, 0..=6), |(size, uses)| {
        let pool = shop(size);
        for before in 0..uses {
            let mut guard = acquire(&pool);
            expect_eq("how often this resource was used before", guard.uses, before);
            guard.uses += 1;
        }
        let first = acquire(&pool);
        expect_eq("the number of the only resource that was needed", first.number, 0);
        let numbers: Vec<usize> =
            (1..size).map(|_| acquire(&pool)).collect::<Vec<_>>().iter().map(|it| it.number).collect();
        expect_eq("the numbers of the other resources", numbers, (1..size).collect());
        drop(first);
    });
}

fn a_dropped_guard_returns_its_resource(check: &Check) {
    check.small("2 threads and 1 place", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..4, 1..=6, 1..=3), |(numbers, size)| {
        let (pool, meter) = (shop(size), Meter::new());
        thread::scope(|scope| {
            for n in &numbers {
                let (pool, meter) = (&pool, &meter);
                scope.spawn(move || {
                    let mut guard = acquire(pool);
                    let _inside = meter.enter();
                    meter.at_most(size, "guards");
                    guard.uses += 1;
                    pause(TICK * *n as u32);
                });
            }
        });
        let guards = all_places(&pool, size, "after all drops");
        let uses: usize = guards.iter().map(|guard| guard.uses).sum();
        expect_eq("how often the resources were used, together", uses, numbers.len());
    });
}

/// The payload is a text, a text made at run time, or something else.
fn a_panic_returns_the_resource_too(check: &Check) {
    check.small("a thread that panics, a thread after it, and 1 place", (vec![1u64, 0], 1usize));
    check.forall(input::numbers_and(0..4, 1..=5, 1..=2), |(numbers, size)| {
        let pool = shop(size);
        thread::scope(|scope| {
            let threads: Vec<_> = numbers
                .iter()
                .map(|n| {
                    let (pool, n) = (&pool, *n);
                    let thread = scope.spawn(move || {
                        let _guard = acquire(pool);
                        pause(TICK);
                        match n {
                            0 => {}
                            1 => panic!("a query failed (the check makes it panic)"),
                            2 => panic!("query {n} failed (the check makes it panic)"),
                            _ => panic_any(n),
                        }
                    });
                    (n, thread)
                })
                .collect();
            for (n, thread) in threads {
                expect_eq("whether a user's thread ended well", thread.join().is_ok(), n == 0);
            }
        });
        all_places(&pool, size, "after users that panicked");
    });
}

fn a_guard_may_be_dropped_on_another_thread(check: &Check) {
    check.forall(input::pair(1..=3, 0..=1), |(size, many)| {
        let counts = Counts::new();
        let pool = counts.pool(size, |_| Ok(()));
        let guards = if many == 1 {
            got("`acquire_many`", pool.acquire_many(size))
        } else {
            all_places(&pool, size, "in a new pool")
        };
        let threads: Vec<_> = guards.into_iter().map(|guard| thread::spawn(move || drop(guard))).collect();
        threads.into_iter().for_each(ended);
        expect_eq("how many resources exist after drops on other threads", counts.alive.alive(), size);
        all_places(&pool, size, "after drops on other threads");
        expect_eq("how often the factory was called", counts.made(), size);
    });
}

/// All places of one pool are held, and the other one works.
fn pools_are_independent(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(one, other)| {
        let (full, open) = (shop(one), shop(other));
        let held = all_places(&full, one, "in a new pool");
        drop(all_places(&open, other, "in a second pool"));
        full.close();
        drop(all_places(&open, other, "when the first pool is closed"));
        drop(held);
    });
}

/// Whoever waits longest waits at the other pool.
fn calls_wait_at_two_pools(check: &Check) {
    check.small("1 place and 1 waiting call at each of 2 pools", 1usize);
    check.forall(input::number(1..=3), |waiting| {
        let (pools, gate) = ([shop(1), shop(1)], Gate::new());
        let (mut held, meters) = (pools.each_ref().map(|pool| Some(acquire(pool))), [Meter::new(), Meter::new()]);
        let mut calls = Vec::new();
        for which in [1, 0] {
            for _ in 0..waiting {
                let (gate, meter) = (gate.clone(), meters[which].clone());
                calls.push(begin(&pools[which], move |pool| {
                    let _guard = acquire(pool);
                    let _inside = meter.enter();
                    gate.wait();
                }));
            }
        }
        for (held, meter) in held.iter_mut().zip(&meters) {
            drop(held.take());
            settle();
            let served = meter.entered();
            expect(served == 1, Kind::TooLate, || {
                format!("calls wait at two pools, the only place of one of them is free, and {served} of the {waiting} calls there have it")
            });
        }
        gate.open();
        calls.into_iter().for_each(ended);
    });
}

/// A list of steps on one thread: 0 and 1 acquire, 2 drops the oldest guard, 3 discards it.
fn resources_are_made_when_they_are_needed(check: &Check) {
    check.forall(input::numbers_and(0..4, 0..=10, 1..=4), |(steps, size)| {
        let counts = Counts::new();
        let pool = counts.pool(size, |_| Ok(()));
        let (mut held, mut idle, mut made) = (Vec::new(), 0, 0);
        for step in steps {
            match step {
                0 | 1 if held.len() < size => {
                    held.push(acquire(&pool));
                    if idle > 0 { idle -= 1 } else { made += 1 }
                }
                2 if !held.is_empty() => {
                    drop(held.remove(0));
                    idle += 1;
                }
                3 if !held.is_empty() => held.remove(0).discard(),
                _ => {}
            }
            let calls = counts.made();
            expect(calls == made, Kind::WrongAnswer, || {
                format!("{made} calls have found no idle resource, and the factory was called {calls} times")
            });
            expect_eq("how many resources exist", counts.alive.alive(), held.len() + idle);
        }
    });
}

/// The factory counts what exists. It takes its time, and so do the users, and some resources are discarded.
fn never_more_resources_than_places(check: &Check) {
    check.small("2 threads and 1 place", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..6, 1..=6, 1..=3), |(numbers, size)| {
        let counts = Counts::new();
        let pool = counts.pool(size, |number| {
            if number % 2 == 1 {
                pause(TICK);
            }
            Ok(())
        });
        thread::scope(|scope| {
            for n in &numbers {
                let (pool, n) = (&pool, *n);
                scope.spawn(move || {
                    let guard = acquire(pool);
                    pause(TICK * (n / 2) as u32);
                    if n % 2 == 1 {
                        guard.discard();
                    }
                });
            }
        });
        let discarded = numbers.iter().filter(|n| **n % 2 == 1).count();
        let made = counts.made();
        expect(made <= size + discarded, Kind::WrongAnswer, || {
            format!("{size} places, {discarded} discarded resources, and {made} were made")
        });
    });
}

fn as_many_guards_at_once_as_places(check: &Check) {
    check.forall(input::pair(1..=6, 1..=3), |(size, rounds)| {
        let pool = shop(size);
        for _ in 0..rounds {
            let (meter, gate) = (Meter::new(), Gate::new());
            thread::scope(|scope| {
                for _ in 0..size {
                    scope.spawn(|| {
                        let _guard = acquire(&pool);
                        let _inside = meter.enter();
                        gate.wait();
                    });
                }
                settle();
                let inside = meter.inside();
                expect(inside == size, Kind::Sequential, || {
                    format!("there are {size} places, and {inside} of {size} threads have a guard")
                });
                gate.open();
            });
        }
    });
}

/// The factory fails or panics for the last resource of a call for several, and other calls wait.
fn never_more_resources_after_a_failure(check: &Check) {
    check.small("a failure of a call for 2, and 2 calls that wait", (2usize, 2usize, 0usize));
    check.forall(input::triple(2..=3, 1..=4, 0..=1), |(size, waiting, panics)| {
        let (counts, gate) = (Counts::new(), Gate::new());
        let held = gate.clone();
        let pool = counts.pool(size, move |number| {
            if number + 1 != size {
                return Ok(());
            }
            held.wait();
            assert!(panics == 0, "no resource (the check makes it panic)");
            Err("no resource".to_owned())
        });
        let failing = begin(&pool, move |pool| catch(|| pool.acquire_many(size).is_ok()));
        let together = Gate::new();
        let calls: Vec<_> = (0..waiting)
            .map(|_| {
                let together = together.clone();
                begin(&pool, move |pool| {
                    // Whether it is woken is a matter of clause 3.
                    let _guard = pool.acquire_timeout(10 * TICK);
                    together.wait();
                })
            })
            .collect();
        gate.open();
        drop(ended(failing));
        together.open();
        calls.into_iter().for_each(ended);
        all_places(&pool, size, "after `acquire_many` failed");
    });
}

fn no_places_is_a_panic(check: &Check) {
    check.schedules(|| {
        let outcome = catch(|| drop(Shop::new(0, || Err("not to be called".to_owned()))));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 places `new` should panic, and it returned".into()
        });
    });
}

/// Calls that wait, each begun when those before it waited. Each one that is served notes its number, and keeps its guard
/// until its gate is opened.
struct Line {
    pool: Arc<Shop>,
    served: Arc<Mutex<Vec<usize>>>,
    gates: Vec<Gate>,
    threads: Vec<JoinHandle<()>>,
}

impl Line {
    fn new(pool: &Arc<Shop>) -> Self {
        Self { pool: Arc::clone(pool), served: Arc::default(), gates: Vec::new(), threads: Vec::new() }
    }

    /// One more call, for `count` resources.
    fn join<G: Send + 'static>(
        &mut self,
        call: impl FnOnce(&Shop) -> Result<G, Failure<String>> + Send + 'static,
    ) {
        let (gate, served, number) = (Gate::new(), Arc::clone(&self.served), self.gates.len());
        self.gates.push(gate.clone());
        self.threads.push(begin(&self.pool, move |pool| {
            let guard = got("a call", call(pool));
            served.lock().unwrap().push(number);
            gate.wait();
            drop(guard);
        }));
    }

    fn served(&self) -> Vec<usize> {
        self.served.lock().unwrap().clone()
    }

    /// The calls with numbers below `count` must have been served, and none behind them. Calls that are served in the same
    /// moment may note it in any order.
    fn must_be_served(&self, count: usize) {
        settle();
        let served = self.served();
        expect(served.iter().all(|number| *number < count), Kind::WrongAnswer, || {
            format!("the calls were served in the order {served:?}, and it was the turn of {count} of them")
        });
        expect(served.len() == count, Kind::TooLate, || {
            format!("it is the turn of {count} of the waiting calls, and only {} have a guard", served.len())
        });
    }

    fn end(self) {
        self.gates.iter().for_each(Gate::open);
        self.threads.into_iter().for_each(ended);
    }
}

/// Some calls have a limit, some have none. First the places that were held become free, one at a time, then the served
/// calls drop their guards.
fn waiting_calls_are_served_in_turn(check: &Check) {
    check.small("2 waiting calls and 1 place", (vec![0u64, 1], 1usize));
    check.forall(input::numbers_and(0..4, 1..=5, 1..=3), |(kinds, size)| {
        let pool = shop(size);
        let mut held = all_places(&pool, size, "in a new pool");
        let mut line = Line::new(&pool);
        for kind in &kinds {
            match kind {
                0 => line.join(Pool::acquire),
                1 => line.join(|pool| pool.acquire_timeout(LONG)),
                2 => line.join(|pool| pool.acquire_timeout(Duration::MAX)),
                _ => line.join(|pool| pool.acquire_many(1)),
            }
        }
        for (served, kind) in kinds.iter().enumerate() {
            line.must_be_served(served);
            match held.pop() {
                Some(guard) if *kind == 3 => guard.discard(),
                Some(guard) => drop(guard),
                None => line.gates[served - size].open(),
            }
        }
        line.must_be_served(kinds.len());
        line.end();
    });
}

/// A thread returns its resource while others wait, and asks again on the spot.
fn nobody_overtakes_a_waiting_call(check: &Check) {
    check.small("1 waiting call and 1 place", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=3), |(size, waiting)| {
        let pool = shop(size);
        let mut held = all_places(&pool, size, "in a new pool");
        let mut line = Line::new(&pool);
        (0..waiting).for_each(|_| line.join(Pool::acquire));
        drop(held.pop());
        let outcome = pool.acquire_timeout(Duration::ZERO);
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "a call took the place that was free for a call that waited before it".into()
        });
        expect_eq("what the call with a limit of zero returned", told(&outcome), "TimedOut".to_owned());
        line.must_be_served(1);
        line.join(Pool::acquire);
        drop(held);
        line.gates.iter().for_each(Gate::open);
        line.must_be_served(waiting + 1);
        line.end();
    });
}

/// A call for all places waits, and some of them are free. Calls for one come after it.
fn nobody_overtakes_a_call_for_several(check: &Check) {
    check.forall(input::triple(2..=4, 0..=2, 0..=3), |(size, limit, kind)| {
        let pool = shop(size);
        let mut held = all_places(&pool, size, "in a new pool");
        let mut line = Line::new(&pool);
        line.join(move |pool| pool.acquire_many(size));
        held.drain(1..).for_each(drop);
        let limit = [Duration::ZERO, Duration::from_nanos(1), TICK][limit];
        let outcome = pool.acquire_timeout(limit);
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            format!("a call waited for all {size} places, and a later call with a limit of {limit:?} took one of them")
        });
        expect_eq("what the later call returned", told(&outcome), "TimedOut".to_owned());
        match kind {
            0 => line.join(Pool::acquire),
            1 => line.join(|pool| pool.acquire_timeout(LONG)),
            2 => line.join(|pool| pool.acquire_timeout(Duration::MAX)),
            _ => line.join(|pool| pool.acquire_many(1)),
        }
        line.must_be_served(0);
        drop(held);
        line.must_be_served(1);
        line.gates[0].open();
        line.must_be_served(2);
        line.end();
    });
}

/// Time does not move between the return and the look.
fn the_first_call_is_woken_at_once(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=1), |(size, kind, discard)| {
        let pool = shop(size);
        let mut held = all_places(&pool, size, "in a new pool");
        let mut line = Line::new(&pool);
        match kind {
            0 => line.join(Pool::acquire),
            1 => line.join(|pool| pool.acquire_timeout(LONG)),
            2 => line.join(|pool| pool.acquire_timeout(Duration::MAX)),
            _ => line.join(move |pool| pool.acquire_many(size)),
        }
        pause(TICK / 3);
        if kind == 3 {
            held.drain(1..).for_each(drop);
            line.must_be_served(0);
        }
        let guard = held.pop();
        if discard == 1 {
            guard.map_or((), Guard::discard)
        } else {
            drop(guard)
        }
        line.must_be_served(1);
        line.end();
    });
}

fn a_call_times_out_in_time(check: &Check) {
    check.forall(input::triple(1..=2, 0..=4, 1..=3), |(size, limit, calls)| {
        let pool = shop(size);
        let limit = [Duration::ZERO, Duration::from_nanos(1), TICK, LONG, Duration::from_hours(240)][limit];
        let held = all_places(&pool, size, "in a new pool");
        thread::scope(|scope| {
            for _ in 0..calls {
                scope.spawn(|| {
                    let before = now();
                    let outcome = pool.acquire_timeout(limit);
                    let (after, over) = (now(), before + limit);
                    expect_eq(
                        "what a call returned while all places were held",
                        told(&outcome),
                        "TimedOut".to_owned(),
                    );
                    expect_in_time("the call returned", after, over..=over + SOON, || {
                        format!("a call with a limit of {limit:?} returned after {:?}", after - before)
                    });
                });
            }
        });
        drop(held);
        all_places(&pool, size, "after calls that timed out");
    });
}

/// Calls before it are served while it waits, and each of them holds the only place for a while.
fn a_limit_counts_from_the_beginning(check: &Check) {
    check.forall(input::pair(3..=6, 0..=2), |(before, late)| {
        let pool = shop(1);
        let held = acquire(&pool);
        let line: Vec<_> = (0..before)
            .map(|_| {
                begin(&pool, |pool| {
                    let _guard = acquire(pool);
                    pause(TICK);
                })
            })
            .collect();
        let limit = 2 * TICK + TICK / 2;
        let limited = begin(&pool, move |pool| {
            let start = now();
            let outcome = told(&pool.acquire_timeout(limit));
            (outcome, start, now())
        });
        pause(TICK / 4 * late as u32);
        drop(held);
        let (outcome, start, after) = ended(limited);
        expect_in_time("the call returned", after, start + limit..=start + limit + SOON, || {
            let took = after - start;
            format!(
                "a call with a limit of {limit:?} returned after {took:?}, while calls before it were served"
            )
        });
        expect_eq("what a call behind others returned", outcome, "TimedOut".to_owned());
        line.into_iter().for_each(ended);
    });
}

fn a_limit_of_zero_takes_what_is_free(check: &Check) {
    check.forall(input::pair(1..=3, 0..=1), |(size, new)| {
        let pool = shop(size);
        if new == 0 {
            drop(all_places(&pool, size, "in a new pool"));
        }
        let take = |limit| pool.acquire_timeout(limit);
        let guards: Vec<_> =
            (0..size).map(|_| got("`acquire_timeout` of a free place", take(Duration::ZERO))).collect();
        expect_eq("one more", told(&take(Duration::ZERO)), "TimedOut".to_owned());
        drop(guards);
        let longest = got("`acquire_timeout` with the longest limit", take(Duration::MAX));
        drop(longest);
    });
}

/// The call waits for a year, or nearly as long as its limit.
fn a_limit_may_be_as_long_as_you_like(check: &Check) {
    check.forall(input::pair(1..=3, 0..=10), |(size, longest)| {
        let pool = shop(size);
        let held = all_places(&pool, size, "in a new pool");
        let mut line = Line::new(&pool);
        let limit = input::LONGEST.get(longest).copied().unwrap_or(YEAR);
        line.join(move |pool| pool.acquire_timeout(limit));
        pause(limit.min(YEAR) * 365 / 366);
        line.must_be_served(0);
        drop(held);
        line.must_be_served(1);
        line.end();
    });
}

/// The calls with the number 1 time out, wherever they stand.
fn a_timed_out_call_delays_nobody(check: &Check) {
    check.forall(input::numbers_and(0..2, 1..=5, 1..=2), |(kinds, size)| {
        let pool = shop(size);
        let mut held = all_places(&pool, size, "in a new pool");
        let mut line = Line::new(&pool);
        let mut gone = Vec::new();
        for kind in &kinds {
            if *kind == 1 {
                gone.push(begin(&pool, |pool| told(&pool.acquire_timeout(TICK))));
            } else {
                line.join(Pool::acquire);
            }
        }
        pause(2 * TICK);
        for thread in gone {
            expect_eq(
                "what a call returned while all places were held",
                ended(thread),
                "TimedOut".to_owned(),
            );
        }
        let waiting = line.gates.len();
        for served in 0..waiting {
            line.must_be_served(served);
            match held.pop() {
                Some(guard) => drop(guard),
                None => line.gates[served - size].open(),
            }
        }
        line.must_be_served(waiting);
        line.end();
        drop(held);
        all_places(&pool, size, "after calls that timed out");
    });
}

/// A limit ends when a guard is dropped. Either call may have the place, and nobody waits while it is free.
fn a_timeout_at_the_moment_of_a_return_loses_nothing(check: &Check) {
    check.small("a call that may time out, and a call after it", (1usize, 1usize));
    check.forall(input::pair(1..=2, 1..=3), |(size, rounds)| {
        let pool = shop(size);
        for _ in 0..rounds {
            let held = all_places(&pool, size, "in a round");
            let limited = begin(&pool, |pool| match pool.acquire_timeout(TICK) {
                Ok(_) | Err(Failure::TimedOut) => {}
                Err(other) => fail(Kind::WrongAnswer, format!("`acquire_timeout` returned {other:?}")),
            });
            let patient = begin(&pool, |pool| drop(acquire(pool)));
            pause(TICK);
            drop(held);
            ended(limited);
            ended(patient);
        }
        all_places(&pool, size, "after all rounds");
    });
}

fn the_limit_ends_with_the_turn(check: &Check) {
    check.forall(input::pair(0..=2, 1..=3), |(limit, ticks)| {
        let pool = Counts::new().pool(1, move |_| {
            pause(10 * TICK * ticks as u32);
            Ok(())
        });
        let limit = [Duration::ZERO, TICK, 5 * TICK][limit];
        drop(got("`acquire_timeout` with a slow factory", pool.acquire_timeout(limit)));
    });
}

/// The factory fails for the numbers that are listed as 1.
fn a_failed_factory_costs_only_its_caller(check: &Check) {
    check.forall(input::numbers_and(0..2, 1..=6, 1..=3), |(fates, size)| {
        let counts = Counts::new();
        let script = fates.clone();
        let fails = move |number: usize| script.get(number) == Some(&1);
        let make = fails.clone();
        let pool =
            counts.pool(size, move |number| if make(number) { Err(format!("no {number}")) } else { Ok(()) });
        let mut held = Vec::new();
        for number in 0..fates.len() {
            if held.len() == size {
                held.drain(..).for_each(Guard::discard);
            }
            let outcome = pool.acquire_timeout(LONG);
            if fails(number) {
                let wanted = format!("{:?}", Failure::Factory(format!("no {number}")));
                expect_eq("what a call returned whose factory failed", told(&outcome), wanted);
            } else {
                held.push(got("a call after failures", outcome));
            }
        }
        held.into_iter().for_each(Guard::discard);
        all_places(&pool, size, "after factories that failed");
    });
}

/// A panic's payload that is no text.
#[derive(Debug, PartialEq)]
struct Odd(usize);

fn a_panic_of_the_factory_reaches_its_caller(check: &Check) {
    check.forall(input::triple(0..=2, 1..=4, 1..=3), |(what, panics, size)| {
        let counts = Counts::new();
        let pool = counts.pool(size, move |number| match what {
            _ if number >= panics => Ok(()),
            0 => panic!("no number in it"),
            1 => panic!("no resource {number} (the check makes it panic)"),
            _ => panic_any(Odd(number)),
        });
        for number in 0..panics {
            let Err(payload) = catch(|| pool.acquire_timeout(LONG)).map(|outcome| told(&outcome)) else {
                fail(Kind::SwallowedPanic, "the factory panicked, and the call returned")
            };
            let right = match what {
                0 => panic_message(&*payload) == Some("no number in it"),
                1 => {
                    panic_message(&*payload)
                        == Some(&*format!("no resource {number} (the check makes it panic)"))
                }
                _ => payload.downcast_ref() == Some(&Odd(number)),
            };
            expect(right, Kind::WrongAnswer, || {
                "the payload is not the one that the factory panicked with".into()
            });
        }
        all_places(&pool, size, "after factories that panicked");
    });
}

/// Threads wait while the factory of another one fails or panics.
fn the_next_call_is_served_after_a_failure(check: &Check) {
    check.small("a factory that fails, a call that waits, and 1 place", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=2, 1..=4, 0..=1), |(size, waiting, panics)| {
        let (counts, gate) = (Counts::new(), Gate::new());
        let held = gate.clone();
        let pool = counts.pool(size, move |number| {
            if number >= size {
                return Ok(());
            }
            held.wait();
            assert!(panics == 0, "no resource (the check makes it panic)");
            Err("no resource".to_owned())
        });
        let call = |pool: &Shop| catch(|| pool.acquire().is_ok());
        let failing: Vec<_> = (0..size).map(|_| begin(&pool, call)).collect();
        let patient: Vec<_> = (0..waiting).map(|_| begin(&pool, call)).collect();
        gate.open();
        let outcomes = failing.into_iter().chain(patient).map(ended);
        let served = outcomes.filter(|outcome| matches!(outcome, Ok(true))).count();
        expect_eq("how many calls have a guard", served, waiting);
    });
}

fn factories_run_at_the_same_time(check: &Check) {
    check.forall(input::number(2..=4), |size| {
        let (counts, gate) = (Counts::new(), Gate::new());
        let held = gate.clone();
        let pool = counts.pool(size, move |_| {
            held.wait();
            Ok(())
        });
        let threads: Vec<_> = (0..size).map(|_| begin(&pool, |pool| drop(acquire(pool)))).collect();
        settle();
        let making = counts.making.inside();
        expect(making == size, Kind::Sequential, || {
            format!(
                "{size} calls hold places and need new resources, and {making} of them are in the factory"
            )
        });
        gate.open();
        threads.into_iter().for_each(ended);
    });
}

/// The factory of one call returns only when other calls have used the pool.
fn nobody_waits_for_a_factory(check: &Check) {
    check.small("a guard that returns while the factory runs", (2usize, 1usize));
    check.forall(input::pair(2..=3, 1..=3), |(size, rounds)| {
        let (counts, gate, inside) = (Counts::new(), Gate::new(), Gate::new());
        let (held, entered) = (gate.clone(), inside.clone());
        let pool = counts.pool(size, move |number| {
            if number > 0 {
                entered.open();
                held.wait();
            }
            Ok(())
        });
        let guard = acquire(&pool);
        let slow = begin(&pool, |pool| drop(acquire(pool)));
        inside.wait();
        drop(guard);
        for _ in 0..rounds {
            drop(got("`acquire_timeout` of an idle resource", pool.acquire_timeout(LONG)));
            drop(got("`acquire_many` of an idle resource", pool.acquire_many(1)));
        }
        gate.open();
        ended(slow);
    });
}

fn the_factory_runs_on_the_callers_thread(check: &Check) {
    check.forall(input::pair(1..=3, 0..=2), |(size, call)| {
        let threads: Arc<Mutex<Vec<_>>> = Arc::default();
        let noted = Arc::clone(&threads);
        let pool = Counts::new().pool(size, move |_| {
            noted.lock().unwrap().push(thread::current().id());
            Ok(())
        });
        let caller = begin(&pool, move |pool| {
            match call {
                0 => drop(acquire(pool)),
                1 => drop(got("`acquire_timeout`", pool.acquire_timeout(LONG))),
                _ => drop(got("`acquire_many`", pool.acquire_many(1))),
            }
            thread::current().id()
        });
        let caller = ended(caller);
        expect_eq(
            "whether the factory ran on the caller's thread",
            threads.lock().unwrap()[..] == [caller],
            true,
        );
    });
}

fn a_discarded_resource_is_replaced(check: &Check) {
    check.forall(input::pair(1..=3, 1..=5), |(size, broken)| {
        let counts = Counts::new();
        let pool = counts.pool(size, |_| Ok(()));
        for number in 0..broken {
            let guard = acquire(&pool);
            expect_eq("the number of the resource", guard.number, number);
            guard.discard();
            expect_eq("how many resources exist after a discard", counts.alive.alive(), 0);
            expect_eq("how many resources have been made", counts.made(), number + 1);
        }
        all_places(&pool, size, "after discards");
    });
}

fn a_discard_wakes_the_first_call(check: &Check) {
    check.small("a discard, a call that waits, and 1 place", (1usize, 1usize));
    check.forall(input::pair(1..=2, 1..=3), |(size, waiting)| {
        let pool = shop(size);
        let held = all_places(&pool, size, "in a new pool");
        let calls: Vec<_> = (0..waiting).map(|_| begin(&pool, |pool| acquire(pool).discard())).collect();
        held.into_iter().for_each(Guard::discard);
        calls.into_iter().for_each(ended);
        all_places(&pool, size, "after discards");
    });
}

/// The destructor takes its time. The next factory counts what exists.
fn a_resource_is_dropped_before_its_place_is_free(check: &Check) {
    check.forall(input::pair(1..=2, 1..=4), |(size, calls)| {
        let pool = shop(size);
        thread::scope(|scope| {
            for _ in 0..calls {
                scope.spawn(|| {
                    let mut guard = acquire(&pool);
                    guard.end = Some(Box::new(|| pause(TICK)));
                    guard.discard();
                });
            }
        });
        all_places(&pool, size, "after discards");
    });
}

fn a_destructor_that_panics_frees_the_place(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 0..=1), |(size, broken, waits)| {
        let pool = shop(size);
        for _ in 0..broken {
            let mut held = all_places(&pool, size, "after a destructor that panicked");
            let patient = (waits == 1).then(|| begin(&pool, |pool| drop(acquire(pool))));
            if let Some(mut guard) = held.pop() {
                guard.end = Some(Box::new(|| panic!("a destructor failed (the check makes it panic)")));
                let outcome = catch(|| guard.discard());
                expect(outcome.is_err(), Kind::SwallowedPanic, || {
                    "a destructor panicked, and `discard` returned".into()
                });
            }
            drop(held);
            patient.into_iter().for_each(ended);
        }
        all_places(&pool, size, "after destructors that panicked");
    });
}

/// The ways in which a destructor comes to be called in the two checks below, by their number.
const DROPS: [&str; 3] =
    ["a `discard`", "a `close` with an idle resource", "the drop of a guard that was in use at the `close`"];

/// A destructor ends only when other calls have used the pool: of a broken resource, of an idle one of a closed pool, or of
/// one that returns after the close.
fn nobody_waits_for_a_destructor(check: &Check) {
    check.small("a destructor that waits for other calls", 0usize);
    check.forall(input::number(0..=2), |how| {
        let (pool, gate, inside) = (shop(2), Gate::new(), Gate::new());
        let (mut guard, other) = (acquire(&pool), acquire(&pool));
        let (held, entered, called) = (gate.clone(), inside.clone(), Meter::new());
        let noted = called.clone();
        guard.end = Some(Box::new(move || {
            let _entered = noted.enter();
            entered.open();
            held.wait();
        }));
        // Without this, a destructor that is never called would look like one that waits.
        let ran = move || {
            expect(called.entered() == 1, Kind::WrongAnswer, || {
                format!("{} has returned, and the destructor of the resource was not called", DROPS[how])
            });
        };
        let slow = match how {
            0 => begin(&pool, move |_| {
                guard.discard();
                ran();
            }),
            1 => {
                drop(guard);
                begin(&pool, move |pool| {
                    pool.close();
                    ran();
                })
            }
            _ => {
                pool.close();
                begin(&pool, move |_| {
                    drop(guard);
                    ran();
                })
            }
        };
        inside.wait();
        drop(other);
        let outcome = pool.acquire_timeout(LONG);
        let wanted = if how == 0 { "a guard" } else { "Closed" };
        expect_eq("what a call returned while a destructor ran", told(&outcome), wanted.to_owned());
        drop(outcome);
        pool.close();
        gate.open();
        ended(slow);
    });
}

/// A pool that its own resources can reach.
type Own = Arc<OnceLock<Weak<Shop>>>;

fn a_destructor_may_call_the_pool(check: &Check) {
    check.forall(input::pair(0..=2, 0..=2), |(how, call)| {
        let (pool, called) = (shop(2), Arc::new(Meter::new()));
        let (own, noted) = (Arc::downgrade(&pool), Arc::clone(&called));
        let mut guard = acquire(&pool);
        guard.end = Some(Box::new(move || {
            let Some(pool) = own.upgrade() else { return };
            match call {
                0 => drop(pool.acquire_timeout(Duration::ZERO)),
                1 => drop(pool.acquire_many(1)),
                _ => pool.close(),
            }
            let _entered = noted.enter();
        }));
        match how {
            0 => guard.discard(),
            1 => {
                drop(guard);
                pool.close();
            }
            _ => {
                pool.close();
                drop(guard);
            }
        }
        expect_eq(
            &format!("how often the destructor has called the pool after {}", DROPS[how]),
            called.entered(),
            1,
        );
    });
}

/// The factory of the second resource takes the first one, or closes the pool.
fn a_factory_may_call_the_pool(check: &Check) {
    check.forall(input::number(0..=2), |call| {
        let own = Own::default();
        let inner = Arc::clone(&own);
        let pool = Counts::new().pool(3, move |number| {
            let pool = inner.get().and_then(Weak::upgrade);
            match (number, pool) {
                (0, _) | (_, None) => {}
                (1, Some(pool)) if call == 0 => {
                    drop(got("`acquire_timeout` in a factory", pool.acquire_timeout(LONG)))
                }
                (1, Some(pool)) if call == 1 => {
                    drop(got("`acquire_many` in a factory", pool.acquire_many(1)))
                }
                (_, Some(pool)) if call == 2 => pool.close(),
                _ => {}
            }
            Ok(())
        });
        let _ = own.set(Arc::downgrade(&pool));
        let first = acquire(&pool);
        let second = acquire(&pool);
        drop((first, second));
    });
}

fn a_close_wakes_all_waiting_calls(check: &Check) {
    check.small("2 waiting calls and 1 place", (vec![0u64, 1], 1usize));
    check.forall(input::numbers_and(0..4, 1..=4, 1..=3), |(kinds, size)| {
        let pool = shop(size);
        let held = all_places(&pool, size, "in a new pool");
        let returned = Meter::new();
        let calls: Vec<_> = kinds
            .iter()
            .map(|kind| {
                let (kind, returned) = (*kind, returned.clone());
                begin(&pool, move |pool| {
                    let outcome = match kind {
                        0 => told(&pool.acquire()),
                        1 => told(&pool.acquire_timeout(LONG)),
                        2 => told(&pool.acquire_timeout(Duration::MAX)),
                        _ => told(&pool.acquire_many(size).map(|mut guards| guards.remove(0))),
                    };
                    let _entered = returned.enter();
                    outcome
                })
            })
            .collect();
        pause(TICK / 3);
        pool.close();
        settle();
        let count = returned.entered();
        expect(count == kinds.len(), Kind::TooLate, || {
            format!("the pool is closed, and {count} of {} waiting calls have returned", kinds.len())
        });
        for call in calls {
            expect_eq("what a waiting call returned", ended(call), "Closed".to_owned());
        }
        drop(held);
    });
}

/// A call for all places waits, and some of the resources are idle. The destructor of one of them takes its time.
fn a_close_wakes_calls_beside_a_destructor(check: &Check) {
    check.forall(input::pair(2..=3, 0..=1), |(size, behind)| {
        let (pool, gate, inside) = (shop(size), Gate::new(), Gate::new());
        let mut held = all_places(&pool, size, "in a new pool");
        let (slow, entered) = (gate.clone(), inside.clone());
        held[size - 1].end = Some(Box::new(move || {
            entered.open();
            slow.wait();
        }));
        let returned = Meter::new();
        let noted = returned.clone();
        let mut calls = vec![begin(&pool, move |pool| {
            let outcome = told(&pool.acquire_many(size).map(|mut guards| guards.remove(0)));
            let _entered = noted.enter();
            outcome
        })];
        if behind == 1 {
            let noted = returned.clone();
            calls.push(begin(&pool, move |pool| {
                let outcome = told(&pool.acquire());
                let _entered = noted.enter();
                outcome
            }));
        }
        held.drain(1..).for_each(drop);
        let close = begin(&pool, Pool::close);
        inside.wait();
        settle();
        let count = returned.entered();
        expect(count == calls.len(), Kind::TooLate, || {
            format!(
                "`close` drops an idle resource, and {count} of {} waiting calls have returned",
                calls.len()
            )
        });
        for call in calls {
            expect_eq("what a waiting call returned", ended(call), "Closed".to_owned());
        }
        gate.open();
        ended(close);
    });
}

fn every_call_after_the_close_is_refused(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 1..=2), |(size, used, closes)| {
        let pool = shop(size);
        let mut guards = all_places(&pool, size, "in a new pool");
        guards.truncate(used);
        (0..closes).for_each(|_| pool.close());
        let refused = |what: &str| {
            let closed = || "Closed".to_owned();
            expect_eq(what, told(&pool.acquire()), closed());
            expect_eq(what, told(&pool.acquire_timeout(Duration::ZERO)), closed());
            expect_eq(what, told(&pool.acquire_timeout(Duration::MAX)), closed());
            let many = pool.acquire_many(size);
            expect_eq(what, told(&many.map(|mut guards| guards.remove(0))), closed());
            expect_eq(what, pool.acquire_many(0).is_err(), true);
        };
        refused("what a call returned after the close");
        drop(guards);
        refused("what a call returned after the close and the return of all guards");
    });
}

fn idle_resources_are_dropped_by_the_close(check: &Check) {
    check.forall(input::triple(1..=4, 0..=4, 0..=1), |(size, kept, dropped)| {
        let (counts, kept) = (Counts::new(), kept.min(size));
        let pool = counts.pool(size, |_| Ok(()));
        let mut guards = all_places(&pool, size, "in a new pool");
        guards.truncate(kept);
        expect_eq("how many resources exist before the close", counts.alive.alive(), size);
        if dropped == 1 {
            drop(pool)
        } else {
            pool.close()
        }
        let alive = counts.alive.alive();
        expect_eq("how many resources exist after the close", alive, kept);
        for guard in &mut guards {
            guard.uses += 1;
        }
        while let Some(guard) = guards.pop() {
            if guards.len().is_multiple_of(2) {
                drop(guard)
            } else {
                guard.discard()
            }
            let alive = counts.alive.alive();
            expect_eq("how many resources exist after guards of a closed pool returned", alive, guards.len());
        }
    });
}

fn guards_outlive_the_pool(check: &Check) {
    check.small("a guard that is dropped beside its pool", (1usize, 1usize));
    check.forall(input::pair(1..=3, 0..=3), |(size, kept)| {
        let (counts, kept) = (Counts::new(), kept.min(size));
        let pool = counts.pool(size, |_| Ok(()));
        let mut guards = all_places(&pool, size, "in a new pool");
        guards.truncate(kept);
        let threads: Vec<_> = guards
            .into_iter()
            .map(|mut guard| {
                thread::spawn(move || {
                    guard.uses += 1;
                    pause(TICK * guard.number as u32);
                    expect_eq("how often the resource was used", guard.uses, 1);
                })
            })
            .collect();
        drop(pool);
        threads.into_iter().for_each(ended);
        expect_eq("how many resources exist when pool and guards are dropped", counts.alive.alive(), 0);
        every_thread_has_finished();
    });
}

fn a_close_does_not_disturb_a_factory(check: &Check) {
    check.forall(input::pair(1..=3, 0..=1), |(size, many)| {
        let (counts, gate, inside) = (Counts::new(), Gate::new(), Gate::new());
        let (held, entered) = (gate.clone(), inside.clone());
        let pool = counts.pool(size, move |_| {
            entered.open();
            held.wait();
            Ok(())
        });
        let call = begin(&pool, move |pool| {
            let count = if many == 1 { size } else { 1 };
            let guards =
                if many == 1 { pool.acquire_many(size) } else { pool.acquire().map(|guard| vec![guard]) };
            expect_eq(
                "how many guards a call returned that was in the factory",
                guards.map_or(0, |all| all.len()),
                count,
            );
        });
        inside.wait();
        pool.close();
        gate.open();
        ended(call);
        expect_eq("how many resources exist after the close and all calls", counts.alive.alive(), 0);
    });
}

/// Calls, returns and the close at any moment. Every call ends, with a guard or without one.
fn a_close_beside_everything_else(check: &Check) {
    check.small("2 calls, 1 place and a close", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..6, 1..=5, 1..=2), |(numbers, size)| {
        let counts = Counts::new();
        let pool = counts.pool(size, |_| Ok(()));
        let calls: Vec<_> = numbers
            .iter()
            .map(|n| {
                let (pool, n) = (Arc::clone(&pool), *n);
                thread::spawn(move || {
                    let outcome = if n % 2 == 1 { pool.acquire_timeout(LONG) } else { pool.acquire() };
                    match outcome {
                        Ok(_guard) => pause(TICK * (n / 2) as u32),
                        Err(failure) => expect_eq("how a call failed", failure, Failure::Closed),
                    }
                })
            })
            .collect();
        pause(TICK * (numbers[0] % 3) as u32);
        drop(counts.closing.enter());
        pool.close();
        calls.into_iter().for_each(ended);
        expect_eq("how many resources exist after the close and all calls", counts.alive.alive(), 0);
    });
}

fn several_resources_at_once(check: &Check) {
    check.forall(input::triple(1..=4, 0..=4, 0..=4), |(size, count, idle)| {
        let counts = Counts::new();
        let pool = counts.pool(size, |_| Ok(()));
        let (count, idle) = (count.min(size), idle.min(size));
        let mut first: Vec<_> = (0..idle).map(|_| acquire(&pool)).collect();
        first.drain(..).for_each(drop);
        let guards = got("`acquire_many`", pool.acquire_many(count));
        expect_eq("how many guards it returned", guards.len(), count);
        let mut numbers: Vec<usize> = guards.iter().map(|guard| guard.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        expect_eq("how many different resources they have", numbers.len(), count);
        expect_eq("how many resources were made", counts.made(), count.max(idle));
        drop(guards);
        all_places(&pool, size, "after guards of `acquire_many` returned");
    });
}

/// Each of them needs more than half of the places, or all, or one.
fn several_callers_of_several_resources(check: &Check) {
    check.small("2 calls for 2 resources each, and 2 places", (vec![1u64, 1], 2usize));
    check.forall(input::numbers_and(0..4, 1..=5, 2..=4), |(counts, size)| {
        let (pool, meter) = (shop(size), Meter::new());
        let calls: Vec<_> = counts
            .iter()
            .map(|count| {
                let (pool, meter, count) =
                    (Arc::clone(&pool), meter.clone(), (*count as usize + 1).min(size));
                thread::spawn(move || {
                    let guards = got("`acquire_many`", pool.acquire_many(count));
                    let _inside: Vec<_> = guards.iter().map(|_| meter.enter()).collect();
                    meter.at_most(size, "guards");
                    pause(TICK);
                })
            })
            .collect();
        calls.into_iter().for_each(ended);
        all_places(&pool, size, "after guards of `acquire_many` returned");
    });
}

/// While the first call waits for all places, those that are free are not held. Nobody may take them out of turn, but a
/// close drops their resources.
fn a_call_that_waits_for_several_holds_none(check: &Check) {
    check.forall(input::number(2..=4), |size| {
        let counts = Counts::new();
        let pool = counts.pool(size, |_| Ok(()));
        let mut held = all_places(&pool, size, "in a new pool");
        let call = begin(&pool, move |pool| pool.acquire_many(size).is_ok());
        held.drain(1..).for_each(drop);
        settle();
        expect_eq(
            "what a call behind it returned",
            told(&pool.acquire_timeout(Duration::ZERO)),
            "TimedOut".to_owned(),
        );
        pool.close();
        expect_eq("how many resources exist after the close", counts.alive.alive(), 1);
        expect_eq("whether the waiting call has its guards", ended(call), false);
    });
}

/// A call for many stands between calls for one.
fn several_resources_in_turn(check: &Check) {
    check.forall(input::numbers_and(1..4, 1..=4, 3..=3), |(counts, size)| {
        let pool = shop(size);
        let mut held = all_places(&pool, size, "in a new pool");
        let mut line = Line::new(&pool);
        for count in &counts {
            let count = *count as usize;
            line.join(move |pool| pool.acquire_many(count));
        }
        let (mut free, mut served) = (0, 0);
        loop {
            while served < counts.len() && counts[served] as usize <= free {
                free -= counts[served] as usize;
                served += 1;
            }
            line.must_be_served(served);
            if held.pop().is_some() {
                free += 1;
            } else if served == counts.len() {
                break;
            } else {
                // The oldest call that still has its guards.
                let oldest = line.gates.iter().position(|gate| gate.waiting() > 0);
                let Some(oldest) = oldest else {
                    fail(Kind::TooLate, "nobody holds a place, and a call waits")
                };
                line.gates[oldest].open();
                free += counts[oldest] as usize;
            }
        }
        line.end();
        all_places(&pool, size, "after guards of `acquire_many` returned");
    });
}

/// The factory fails or panics for the first or the last of several. All places become free at once, and calls wait for them.
fn a_failure_among_several_serves_as_many_as_there_is_room_for(check: &Check) {
    check.small("a failure of a call for 2, and 2 calls that wait", (2usize, 2usize, 0usize));
    check.forall(input::triple(1..=3, 1..=4, 0..=3), |(size, waiting, how)| {
        let (counts, gate) = (Counts::new(), Gate::new());
        let (held, panics) = (gate.clone(), how % 2);
        let bad = if how < 2 { 0 } else { size - 1 };
        let pool = counts.pool(size, move |number| {
            if number != bad {
                return Ok(());
            }
            held.wait();
            assert!(panics == 0, "no resource (the check makes it panic)");
            Err("no resource".to_owned())
        });
        let failing = begin(&pool, move |pool| catch(|| pool.acquire_many(size).is_ok()));
        settle();
        let mut line = Line::new(&pool);
        (0..waiting).for_each(|_| line.join(Pool::acquire));
        line.must_be_served(0);
        gate.open();
        line.must_be_served(waiting.min(size));
        drop(ended(failing));
        line.end();
    });
}

/// The factory fails or panics for one of several.
fn a_failure_among_several_returns_the_others(check: &Check) {
    check.forall(input::triple(1..=4, 0..=3, 0..=1), |(size, bad, panics)| {
        let (counts, bad) = (Counts::new(), bad.min(size - 1));
        let pool = counts.pool(size, move |number| {
            if number != bad {
                return Ok(());
            }
            assert!(panics == 0, "no resource (the check makes it panic)");
            Err("no resource".to_owned())
        });
        let patient = {
            let outcome = catch(|| pool.acquire_many(size).map(|guards| guards.len()));
            match outcome {
                Err(_) if panics == 1 => {}
                Err(_) => fail(Kind::Panicked, "the factory failed, and `acquire_many` panicked"),
                Ok(outcome) => expect_eq("what it returned", outcome, Err(Failure::Factory("no resource".to_owned()))),
            }
            begin(&pool, |pool| drop(acquire(pool)))
        };
        ended(patient);
        drop(all_places(&pool, size, "after `acquire_many` failed"));
        expect_eq("how many resources exist", counts.alive.alive(), size);
        let calls = counts.made();
        expect(calls == size + 1, Kind::WrongAnswer, || {
            format!("one of {size} resources failed and was made again, and the factory was called {calls} times: those that were made before it should be idle")
        });
    });
}

fn counts_of_zero_and_too_many(check: &Check) {
    check.forall(input::pair(1..=3, 0..=1), |(size, full)| {
        let pool = shop(size);
        let held = if full == 1 { all_places(&pool, size, "in a new pool") } else { Vec::new() };
        let patient = (full == 1).then(|| begin(&pool, |pool| drop(acquire(pool))));
        expect_eq(
            "how many guards `acquire_many(0)` returned",
            pool.acquire_many(0).map(|all| all.len()),
            Ok(0),
        );
        for count in [size + 1, usize::MAX] {
            let outcome = catch(|| pool.acquire_many(count).is_ok());
            expect(outcome.is_err(), Kind::WrongAnswer, || {
                format!("`acquire_many({count})` of a pool with {size} places should panic, and it returned")
            });
        }
        drop(held);
        patient.into_iter().for_each(ended);
        all_places(&pool, size, "after a panic of `acquire_many`");
    });
}

/// What `main` prints, but for its way to count.
fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let (counts, meter) = (Counts::new(), Meter::new());
        let pool = counts.pool(5, |_| Ok(()));
        let ask = |number: u32| {
            let guard = acquire(&pool);
            let inside = meter.enter();
            pause(TICK);
            drop(inside);
            assert!(number != 7, "query 7 can't be understood");
            if number == 13 {
                guard.discard();
                return false;
            }
            true
        };
        let (mut answers, mut broken, mut panics) = (0, 0, 0);
        thread::scope(|scope| {
            let ask = &ask;
            let threads: Vec<_> = (0..20).map(|number| scope.spawn(move || ask(number))).collect();
            for thread in threads {
                match thread.join() {
                    Ok(true) => answers += 1,
                    Ok(false) => broken += 1,
                    Err(_) => panics += 1,
                }
            }
        });
        let all = got("`acquire_many`", pool.acquire_many(5));
        let (back, made, most) = (all.len(), counts.made(), meter.peak());
        let more = pool.acquire_timeout(TICK).map_or("timed out", |_| "a connection");
        pool.close();
        let later = pool.acquire().map_or("closed", |_| "a connection");
        [
            format!("{answers} answers, {broken} broken connection, {panics} panic"),
            format!("at most {most} at once"),
            format!("{back} are back, {made} were made"),
            format!("one more in 0.1 s: {more}"),
            format!("one more after the end: {later}"),
        ]
        .join("\n")
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..4, 1..=4, 1..=3), |(kinds, size)| {
        let pool = shop(size);
        let held = all_places(&pool, size, "in a new pool");
        let calls: Vec<_> = kinds
            .iter()
            .map(|kind| {
                let kind = *kind;
                begin(&pool, move |pool| match kind {
                    0 => drop(pool.acquire()),
                    1 => drop(pool.acquire_timeout(LONG)),
                    2 => drop(pool.acquire_timeout(Duration::MAX)),
                    _ => drop(pool.acquire_many(size)),
                })
            })
            .collect();
        pause(TICK);
        settle();
        drop(held);
        calls.into_iter().for_each(ended);
    });
}
