//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::marker::PhantomData;
use std::panic::panic_any;
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{
    beats, expect_in_any_order, expect_in_time, fail, input, now, panic_message, pause, pause_until,
};

checks! {
    1 => results_come_in_the_order_of_the_items;
    1 => f_is_called_once_for_each_item;
    1 => many_items_are_no_different;
    1 => the_documented_run;
    1 => two_calls_at_once_do_not_wait_for_each_other simulated;
    1 => f_may_call_parallel_map;
    2 => as_many_items_at_once_as_there_are_workers simulated;
    2 => more_workers_than_processors simulated;
    2 => a_free_worker_begins_the_next_item simulated;
    2 => a_slow_item_holds_up_no_other simulated;
    2 => items_in_progress_may_wait_for_each_other simulated;
    2 => items_of_a_call_within_a_call_may_wait_for_each_other simulated;
    3 => at_most_as_many_items_as_workers_are_in_progress;
    3 => any_number_of_workers;
    3 => no_workers_is_a_panic;
    4 => the_payload_of_the_panic_comes_out;
    4 => of_several_panics_the_one_of_the_first_item_comes_out;
    4 => items_in_progress_end_before_the_panic_comes_out;
    4 => after_a_panic_no_further_item_begins simulated;
    4 => the_call_after_one_that_panicked_is_as_any_other;
    4 => a_panic_does_not_affect_another_call;
    4 => each_of_two_calls_has_its_own_panic;
    5 => everything_is_dropped_once;
    5 => everything_is_dropped_once_after_a_panic;
    6 => nothing_is_left_after_the_return;
    6 => nothing_is_left_after_a_panic;
    7 => waiting_threads_do_not_spin simulated;
    7 => waiting_threads_do_not_spin_after_a_panic simulated;
}

const TICK: Duration = Duration::from_millis(200);
/// More than the 50 ms that a clause grants.
const SOON: Duration = Duration::from_millis(60);

/// An item is not `Clone`, `Copy`, `Debug` or `'static`, and no number.
struct Item<'a>(Box<dyn Any + Send>, PhantomData<&'a ()>);

/// Nor is a result.
struct Output<'a>(Box<dyn Any + Send>, PhantomData<&'a ()>);

/// `parallel_map`, compiled once.
fn parallel_map<'a, T, R>(items: Vec<T>, workers: usize, f: impl Fn(T) -> R + Sync + 'a) -> Vec<R>
where
    T: Send + 'static,
    R: Send + 'static,
{
    let f: Box<dyn Fn(Item<'a>) -> Output<'a> + Sync + 'a> = Box::new(move |item| {
        let item = item.0.downcast::<T>().unwrap_or_else(|_| unreachable!("all items are of one type"));
        Output(Box::new(f(*item)), PhantomData)
    });
    let items = items.into_iter().map(|item| Item(Box::new(item), PhantomData)).collect();
    let results = ::parallel_map::parallel_map(items, workers, f).into_iter();
    let typed = |result: Output<'_>| {
        *result.0.downcast::<R>().unwrap_or_else(|_| unreachable!("all results are of one type"))
    };
    results.map(typed).collect()
}

fn results_come_in_the_order_of_the_items(check: &Check) {
    check.small("2 items and 2 workers", (vec![0u64, 0], 2usize));
    check.forall(input::numbers_and(0..5, 0..=7, 1..=5), |(items, workers)| {
        let wanted: Vec<_> = items.iter().map(|item| (*item, item * item)).collect();
        let f = |item: u64| {
            pause(TICK * (item % 4) as u32);
            (item, item * item)
        };
        expect_eq("the results", parallel_map(items, workers, f), wanted);
    });
}

fn f_is_called_once_for_each_item(check: &Check) {
    check.small("2 items and 2 workers", (vec![0u64, 1], 2usize));
    check.forall(input::numbers_and(0..3, 0..=6, 1..=4), |(items, workers)| {
        let called = Mutex::new(Vec::new());
        let results = parallel_map(items.clone(), workers, |item: u64| called.lock().unwrap().push(item));
        let called = called.into_inner().unwrap();
        expect_eq("the number of results", results.len(), items.len());
        expect_in_any_order("the items that `f` was called for", &called, &items);
    });
}

fn many_items_are_no_different(check: &Check) {
    check.forall(input::thousand_and_two(65..=300, 1..=9, 0..=0), |(items, workers, _)| {
        let got = parallel_map((0..items).collect(), workers, |item: usize| item + 1);
        expect_eq(&format!("the number of results of {items} items"), got.len(), items);
        // Not the whole list: nobody would read it.
        for (i, result) in got.into_iter().enumerate() {
            expect_eq(&format!("the result of item {i} of {items}"), result, i + 1);
        }
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let squares = parallel_map((0..100).collect(), 10, |n: u64| {
            pause(Duration::from_millis(10 * (n * 7 % 5)));
            n * n
        });
        let row = |row: &[u64]| row.iter().map(|square| format!("{square:5}")).collect::<String>();
        squares.chunks(10).map(row).collect::<Vec<_>>().join("\n")
    });
}

/// A number of things.
fn some(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn two_calls_at_once_do_not_wait_for_each_other(check: &Check) {
    check.forall(input::triple(1..=4, 1..=4, 1..=3), |(one, other, workers)| {
        let meter = Meter::new();
        let call = |items: usize| {
            let f = |item: usize| {
                let _inside = meter.enter();
                pause(TICK);
                10 * item
            };
            let wanted = (0..items).map(|item| 10 * item).collect();
            expect_eq(
                "the results of one of two concurrent calls",
                parallel_map((0..items).collect(), workers, f),
                wanted,
            );
        };
        thread::scope(|scope| {
            scope.spawn(|| call(one));
            call(other);
        });
        let wanted = one.min(workers) + other.min(workers);
        expect(meter.peak() >= wanted, Kind::Sequential, || {
            format!(
                "two concurrent calls with {} and {}, and {} each, should have {wanted} items in progress at once; there were at most {}",
                some(one, "item"),
                some(other, "item"),
                some(workers, "worker"),
                meter.peak()
            )
        });
    });
}

fn f_may_call_parallel_map(check: &Check) {
    check.forall(input::triple(0..=4, 0..=3, 1..=3), |(outer, inner, workers)| {
        let f = |item: usize| {
            let results = parallel_map((0..inner).collect(), workers, move |n: usize| {
                pause(TICK * (n % 2) as u32);
                10 * item + n
            });
            results.into_iter().sum::<usize>()
        };
        let wanted = (0..outer).map(|item| (0..inner).map(|n| 10 * item + n).sum()).collect();
        expect_eq(
            "the results of a call whose `f` calls `parallel_map`",
            parallel_map((0..outer).collect(), workers, f),
            wanted,
        );
    });
}

fn overlap(items: usize, workers: usize) {
    let meter = Meter::new();
    parallel_map((0..items).collect(), workers, |_: usize| {
        let _inside = meter.enter();
        pause(TICK);
    });
    let wanted = workers.min(items);
    expect(meter.peak() >= wanted, Kind::Sequential, || {
        format!(
            "with {items} items and {workers} workers, {wanted} items should be in progress at once; there were at most {}",
            meter.peak()
        )
    });
}

fn as_many_items_at_once_as_there_are_workers(check: &Check) {
    check.small("2 items and 2 workers", (2usize, 2usize));
    check.forall(input::pair_or_crowd(2..=9, 2..=6), |(items, workers)| overlap(items, workers));
}

/// Every simulated machine has four processors.
fn more_workers_than_processors(check: &Check) {
    check.forall(input::pair(5..=20, 5..=16), |(items, workers)| overlap(items, workers));
}

/// Items begin and end on the tick, so a little later all is at rest.
/// Not one at which a program looks that looks from time to time.
const BEAT: Duration = Duration::from_millis(170);

/// Items end on a beat, and begin at most 50 ms after one.
fn a_free_worker_begins_the_next_item(check: &Check) {
    check.forall(input::numbers_or_dozens_and(1..5, 2..=8, 2..=4), |(ticks, workers)| {
        let (meter, items) = (Meter::new(), ticks.len());
        let f = |ticks: u64| {
            let _inside = meter.enter();
            // Where one takes so long, the others are through with the rest meanwhile.
            for beat in beats(BEAT).take(if ticks == 4 { 40 } else { ticks as usize }) {
                pause_until(beat + SOON + SOON / 4);
                let (waiting, inside) = (items - meter.entered(), meter.inside());
                expect(waiting == 0 || inside >= workers, Kind::Sequential, || {
                    format!(
                        "a worker was free while an item had not begun: {inside} in progress, {waiting} not begun, {workers} workers"
                    )
                });
                pause_until(beat + BEAT);
            }
        };
        parallel_map(ticks, workers, f);
    });
}

/// There are so many items that a program might give several of them to a worker, and one takes long.
fn a_slow_item_holds_up_no_other(check: &Check) {
    check.forall(input::triple(257..=320, 2..=4, 0..=3), |(items, workers, which)| {
        let (meter, slow) = (Meter::new(), [0, 1, items / 2, items - 1][which]);
        let f = |item: usize| {
            let _inside = meter.enter();
            let end = now() + SOON * items as u32;
            while item == slow && meter.entered() < items && now() < end {
                pause(SOON);
            }
            let (waiting, inside) = (items - meter.entered(), meter.inside());
            expect(item != slow || waiting == 0, Kind::Sequential, || {
                format!(
                    "a worker was free while an item had not begun: {inside} in progress, {waiting} not begun, \
                     {workers} workers"
                )
            });
        };
        parallel_map((0..items).collect(), workers, f);
    });
}

/// No time passes: whoever begins one item only after another has ended waits for ever.
fn items_in_progress_may_wait_for_each_other(check: &Check) {
    check.small("2 items and 2 workers", (2usize, 1usize));
    check.forall(input::pair(2..=6, 1..=3), |(workers, rounds)| {
        let barrier = Barrier::new(workers);
        let got = parallel_map((0..workers * rounds).collect(), workers, |item: usize| {
            barrier.wait();
            item
        });
        expect_eq("the results", got, (0..workers * rounds).collect());
    });
}

/// What is promised of a call holds for one that `f` makes, too.
fn items_of_a_call_within_a_call_may_wait_for_each_other(check: &Check) {
    check.forall(input::pair(1..=3, 2..=4), |(outer, workers)| {
        let f = |item: usize| {
            let barrier = Barrier::new(workers);
            let inner = parallel_map((0..workers).collect(), workers, |n: usize| {
                barrier.wait();
                n
            });
            item + inner.len()
        };
        let got = parallel_map((0..outer).collect(), workers, f);
        expect_eq("the results", got, (0..outer).map(|item| item + workers).collect());
    });
}

fn at_most_as_many_items_as_workers_are_in_progress(check: &Check) {
    check.small("3 items and 2 workers", (vec![1u64, 1, 1], 2usize));
    check.forall(input::numbers_and(0..4, 0..=9, 1..=5), |(ticks, workers)| {
        let meter = Meter::new();
        parallel_map(ticks, workers, |ticks: u64| {
            let _inside = meter.enter();
            meter.at_most(workers, "items");
            pause(TICK * ticks as u32);
            meter.at_most(workers, "items");
        });
    });
}

fn any_number_of_workers(check: &Check) {
    check.forall(input::pair(0..=5, 0..=3), |(items, less)| {
        let workers = [usize::MAX, usize::MAX - 1, usize::MAX / 2, 1 << 32][less];
        let got = parallel_map((0..items).collect(), workers, |item: usize| item + 1);
        expect_eq("the results", got, (1..=items).collect());
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=3), |items| {
        let (meter, drops) = (Meter::new(), Drops::new());
        let tokens = (0..items).map(|_| drops.token()).collect();
        let outcome = catch(|| parallel_map(tokens, 0, |_| drop(meter.enter())));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            format!("with {} and 0 workers the call should panic, and it returned", some(items, "item"))
        });
        expect_eq("the calls of `f` with 0 workers", meter.entered(), 0);
        expect_eq("the items that were not dropped after a call with 0 workers", drops.alive(), 0);
    });
}

/// What a panic is made with: any text or none.
fn panic_with(kind: usize, item: usize) -> ! {
    match kind % 4 {
        0 => panic!("a panic that the check makes"),
        1 => panic!("item {item} (the check makes it panic)"),
        2 => panic_any(item),
        _ => panic_any(vec![item]),
    }
}

/// What a payload says: its text, or what else it is.
fn told(payload: &(dyn Any + Send)) -> String {
    let number = || payload.downcast_ref::<usize>().map(|item| format!("the number {item}"));
    let list = || payload.downcast_ref::<Vec<usize>>().map(|items| format!("the list {items:?}"));
    let text = panic_message(payload).map(|text| format!("the text {text:?}"));
    text.or_else(number).or_else(list).unwrap_or_else(|| "something that `f` never panicked with".to_owned())
}

/// What the panic of [`panic_with`] says.
fn wanted(kind: usize, item: usize) -> String {
    told(&*catch(|| panic_with(kind, item)).unwrap_err())
}

/// The payload of a call that should panic.
fn payload<R>(call: impl FnOnce() -> Vec<R>) -> Box<dyn Any + Send> {
    match catch(call) {
        Ok(results) => fail(
            Kind::SwallowedPanic,
            format!("`f` panicked, and the call returned {}", some(results.len(), "result")),
        ),
        Err(payload) => payload,
    }
}

fn the_payload_of_the_panic_comes_out(check: &Check) {
    check.small("2 items, one of which panics, and 2 workers", (vec![1u64, 0], 2usize, 2usize));
    check.forall(input::numbers_and_two(0..4, 1..=6, 1..=4, 0..=23), |(ticks, workers, bad)| {
        let (kind, bad) = (bad / 6, bad % ticks.len());
        let items = ticks.into_iter().enumerate().collect();
        let payload = payload(|| {
            parallel_map(items, workers, |(i, ticks): (usize, u64)| {
                pause(TICK * ticks as u32);
                if i == bad {
                    panic_with(kind, i);
                }
            })
        });
        expect_eq("the payload of the panic that came out", told(&*payload), wanted(kind, bad));
    });
}

fn of_several_panics_the_one_of_the_first_item_comes_out(check: &Check) {
    check.small("2 items that panic and 2 workers", (vec![1u64, 1], 2usize));
    // An odd number of half ticks ends in a panic.
    check.forall(input::numbers_and(1..8, 2..=6, 1..=4), |(halves, workers)| {
        let panicked = Mutex::new(Vec::new());
        let items = halves.iter().copied().enumerate().collect();
        let call = || {
            parallel_map(items, workers, |(i, halves): (usize, u64)| {
                pause(TICK / 2 * halves as u32);
                if halves % 2 == 1 {
                    panicked.lock().unwrap().push(i);
                    panic_with(i, i);
                }
            })
        };
        let outcome = catch(call);
        let Some(first) = panicked.into_inner().unwrap().into_iter().min() else {
            return expect_eq(
                "the number of results",
                outcome.map_or(0, |results| results.len()),
                halves.len(),
            );
        };
        let payload = payload(|| outcome.unwrap_or_else(|payload| std::panic::resume_unwind(payload)));
        expect_eq("the payload of the panic that came out", told(&*payload), wanted(first, first));
    });
}

fn items_in_progress_end_before_the_panic_comes_out(check: &Check) {
    check.small("2 items, one of which panics, and 2 workers", (vec![1u64, 1], 2usize, 0usize));
    check.forall(input::numbers_and_two(1..5, 1..=6, 1..=4, 0..=5), |(ticks, workers, bad)| {
        let (meter, bad) = (Meter::new(), bad % ticks.len());
        let items = ticks.into_iter().enumerate().collect();
        payload(|| {
            parallel_map(items, workers, |(i, ticks): (usize, u64)| {
                let _inside = meter.enter();
                meter.at_most(workers, "items");
                if i == bad {
                    pause(TICK / 2);
                    panic_with(ticks as usize, i);
                }
                pause(TICK * ticks as u32);
            })
        });
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("the call has panicked, and items are still in progress: {}", meter.inside())
        });
    });
}

fn after_a_panic_no_further_item_begins(check: &Check) {
    check.forall(input::numbers_and_two(1..4, 2..=9, 1..=4, 0..=8), |(ticks, workers, bad)| {
        let (first_panic, bad) = (Mutex::new(None), bad % ticks.len());
        let items = ticks.into_iter().enumerate().collect();
        payload(|| {
            parallel_map(items, workers, |(i, ticks): (usize, u64)| {
                let (at, panicked) = (now(), *first_panic.lock().unwrap());
                if let Some(panicked) = panicked {
                    let began = format!("item {i} began");
                    expect_in_time(&began, at, Duration::ZERO..=panicked + SOON, || {
                        format!("`f` panicked at {panicked:?}, and item {i} began at {at:?}")
                    });
                }
                pause(TICK * ticks as u32);
                if i == bad {
                    *first_panic.lock().unwrap() = Some(now());
                    panic_with(i, i);
                }
            })
        });
    });
}

fn the_call_after_one_that_panicked_is_as_any_other(check: &Check) {
    check.forall(input::triple(1..=4, 0..=4, 1..=3), |(bad, items, workers)| {
        payload(|| {
            parallel_map((0..bad).collect(), workers, |item: usize| -> usize { panic_with(item, item) })
        });
        let got = parallel_map((0..items).collect(), workers, |item: usize| 10 * item);
        expect_eq("the results of the call after it", got, (0..items).map(|item| 10 * item).collect());
    });
}

fn a_panic_does_not_affect_another_call(check: &Check) {
    check.forall(input::numbers_and_two(0..4, 1..=5, 1..=3, 1..=4), |(ticks, workers, bad)| {
        thread::scope(|scope| {
            scope.spawn(|| {
                payload(|| {
                    parallel_map((0..bad).collect(), workers, |item: usize| -> usize {
                        pause(TICK / 2);
                        panic_with(item, item)
                    })
                })
            });
            let wanted: Vec<_> = ticks.iter().map(|ticks| 10 * ticks).collect();
            let got = parallel_map(ticks, workers, |ticks: u64| {
                pause(TICK * ticks as u32);
                10 * ticks
            });
            expect_eq("the results of a call while an item of another call panics", got, wanted);
        });
    });
}

/// Both are in progress when their items panic.
fn each_of_two_calls_has_its_own_panic(check: &Check) {
    check.small("an item in each call", (1usize, 1usize, 1usize));
    check.forall(input::triple(1..=3, 1..=3, 1..=3), |(one, other, workers)| {
        let call = |name: usize, items: usize| {
            let said = payload(|| {
                parallel_map((0..items).collect(), workers, |item: usize| -> usize {
                    pause(TICK);
                    panic_any(100 * name + item)
                })
            });
            // Whoever catches it may take its time.
            pause(TICK);
            let is_own = said.downcast_ref::<usize>().is_some_and(|number| number / 100 == name);
            expect(is_own, Kind::WrongAnswer, || {
                format!(
                    "two calls panicked, and one of them came out with {}, which is not its own",
                    told(&*said)
                )
            });
        };
        thread::scope(|scope| {
            scope.spawn(|| call(1, one));
            call(2, other);
        });
    });
}

fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=6, 1..=4), |(ticks, workers)| {
        let (items, results) = (Drops::new(), Drops::new());
        let given = ticks.iter().map(|ticks| (*ticks, items.token())).collect();
        let got = parallel_map(given, workers, |(ticks, _item)| {
            pause(TICK * ticks as u32);
            results.token()
        });
        expect_eq("the items that were not dropped when the call returned", items.alive(), 0);
        expect_eq("the results that are alive after the return", results.alive(), ticks.len());
        drop(got);
        expect_eq("the results that are alive when the caller has dropped them", results.alive(), 0);
    });
}

fn everything_is_dropped_once_after_a_panic(check: &Check) {
    check.small("2 items that panic and 2 workers", (vec![3u64, 3], 2usize));
    // Every third item panics, and one that is there always.
    check.forall(input::numbers_and(0..6, 1..=6, 1..=4), |(mut ticks, workers)| {
        ticks.push(3);
        let (items, results, payloads) = (Drops::new(), Drops::new(), Drops::new());
        let given = ticks.iter().map(|ticks| (*ticks, items.token())).collect();
        let payload = payload(|| {
            parallel_map(given, workers, |(ticks, _item)| {
                pause(TICK * (ticks % 3) as u32);
                if ticks == 3 {
                    panic_any(payloads.token());
                }
                results.token()
            })
        });
        expect_eq("the items that were not dropped when the call panicked", items.alive(), 0);
        expect_eq("the results that were not dropped when the call panicked", results.alive(), 0);
        expect_eq("the payloads that are alive while the caller has one", payloads.alive(), 1);
        drop(payload);
        expect_eq("the payloads that are alive when the caller has dropped its own", payloads.alive(), 0);
    });
}

fn nothing_is_left(meter: &Meter, ended: &str) {
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the call has {ended}, and items are still in progress: {}", meter.inside())
    });
    every_thread_has_finished();
}

fn nothing_is_left_after_the_return(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=5, 1..=8), |(ticks, workers)| {
        let meter = Meter::new();
        parallel_map(ticks, workers, |ticks: u64| {
            let _inside = meter.enter();
            pause(TICK * ticks as u32);
        });
        nothing_is_left(&meter, "returned");
    });
}

fn nothing_is_left_after_a_panic(check: &Check) {
    check.forall(input::numbers_and_two(0..3, 1..=5, 1..=8, 0..=4), |(ticks, workers, bad)| {
        let (meter, bad) = (Meter::new(), bad % ticks.len());
        let items = ticks.into_iter().enumerate().collect();
        payload(|| {
            parallel_map(items, workers, |(i, ticks): (usize, u64)| {
                let _inside = meter.enter();
                pause(TICK * ticks as u32);
                if i == bad {
                    panic_with(i, i);
                }
            })
        });
        nothing_is_left(&meter, "panicked");
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..4, 1..=5, 1..=6), |(ticks, workers)| {
        parallel_map(ticks, workers, |ticks: u64| pause(TICK * ticks as u32));
    });
}

fn waiting_threads_do_not_spin_after_a_panic(check: &Check) {
    check.forall(input::numbers_and(1..4, 1..=5, 1..=4), |(ticks, workers)| {
        let items = ticks.into_iter().enumerate().collect();
        payload(|| {
            parallel_map(items, workers, |(i, ticks): (usize, u64)| {
                if i == 0 {
                    panic_with(ticks as usize, i);
                }
                pause(TICK * ticks as u32);
            })
        });
    });
}
