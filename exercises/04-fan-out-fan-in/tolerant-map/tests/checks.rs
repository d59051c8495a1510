//! The contract of README.md, a check or more for each clause.

use std::borrow::Cow;
use std::panic::panic_any;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use harness::{Check, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq, fail, input};
use harness::{beats, expect_in_any_order, now, panic_message, pause, pause_until};
use tolerant_map::{Failure, Outcome, tolerant_map};

checks! {
    1 => successes_come_in_the_order_of_the_items;
    1 => items_may_have_no_size;
    1 => each_item_is_worked_on_once;
    1 => two_calls_at_once_keep_apart;
    2 => errors_come_in_the_order_of_the_items;
    2 => errors_and_panics_are_one_list;
    3 => a_panic_is_a_failure_with_its_message;
    3 => a_message_may_be_any_text_or_none;
    4 => as_many_items_at_once_as_there_are_workers simulated;
    4 => a_free_worker_begins_the_next_item_at_once simulated;
    4 => a_slow_item_holds_up_no_other simulated;
    5 => never_more_items_at_once_than_workers;
    5 => no_workers_is_a_panic;
    6 => any_number_of_items_of_which_any_fail;
    6 => dozens_of_items_may_fail;
    7 => nothing_goes_on_after_the_return;
    8 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);

/// Item 0 of each three goes well, item 1 is an error, item 2 a panic.
fn work(item: &u64) -> Result<u64, String> {
    match item % 3 {
        0 => Ok(item * 10),
        1 => Err(format!("item {item} is refused")),
        _ => panic!("item {item} failed (the check makes it panic)"),
    }
}

/// What should become of the items that are given to [`work`].
fn wanted(items: &[u64]) -> Outcome<u64, String> {
    let mut outcome = Outcome { successes: Vec::new(), failures: Vec::new() };
    for (i, item) in items.iter().enumerate() {
        match item % 3 {
            0 => outcome.successes.push((i, item * 10)),
            1 => outcome.failures.push((i, Failure::Error(format!("item {item} is refused")))),
            _ => {
                let message = format!("item {item} failed (the check makes it panic)");
                outcome.failures.push((i, Failure::Panic(message)));
            }
        }
    }
    outcome
}

/// Calls `tolerant_map` where items panic, which the call should survive.
fn map<R: Send, E: Send>(
    items: &[u64],
    workers: usize,
    work: impl Fn(&u64) -> Result<R, E> + Sync,
) -> Outcome<R, E> {
    match catch(|| tolerant_map(items, workers, work)) {
        Ok(outcome) => outcome,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(
                Kind::Panicked,
                format!("the call panicked with {message:?}, and should tell of failures in what it returns"),
            )
        }
    }
}

fn successes_come_in_the_order_of_the_items(check: &Check) {
    check.forall(input::numbers_and(0..4, 0..=6, 1..=4), |(items, workers)| {
        let work = |item: &u64| {
            pause(TICK * *item as u32);
            // No panic here, so that this fails for what it is about.
            if item.is_multiple_of(3) { Ok(item * 10) } else { Err(()) }
        };
        let outcome = tolerant_map(&items, workers, work);
        expect_eq("the successes", outcome.successes, wanted(&items).successes);
    });
}

fn each_item_is_worked_on_once(check: &Check) {
    check.small("2 items and 2 workers", (vec![0u64, 2], 2usize));
    check.forall(input::numbers_and(0..6, 0..=6, 1..=4), |(items, workers)| {
        let called = Mutex::new(Vec::new());
        map(&items, workers, |item| {
            called.lock().unwrap().push(*item);
            work(item)
        });
        let called = called.into_inner().unwrap();
        expect_in_any_order("the items that `work` was called for", &called, &items);
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=4, 1..=4, 1..=2), |(one, other, workers)| {
        let call = |items: usize| {
            let items: Vec<u64> = (0..items as u64).collect();
            expect_eq(
                "what came of the items of one of two calls at once",
                map(&items, workers, work),
                wanted(&items),
            );
        };
        thread::scope(|scope| {
            scope.spawn(|| call(one));
            call(other);
        });
    });
}

fn errors_come_in_the_order_of_the_items(check: &Check) {
    check.forall(input::numbers_and(0..2, 0..=6, 1..=4), |(items, workers)| {
        // As `work` does, but the later an item is the sooner it ends.
        let numbered: Vec<(usize, u64)> = items.iter().copied().enumerate().collect();
        let slow = |(i, item): &(usize, u64)| {
            pause(TICK * (items.len() - i) as u32);
            work(item)
        };
        let outcome = tolerant_map(&numbered, workers, slow);
        expect_eq("the failures", outcome.failures, wanted(&items).failures);
    });
}

fn errors_and_panics_are_one_list(check: &Check) {
    check.small("2 items and 2 workers", (vec![1u64, 2], 2usize));
    check.forall(input::numbers_and(1..6, 0..=6, 1..=3), |(items, workers)| {
        let outcome = map(&items, workers, work);
        expect_eq("all that came of the items", outcome, wanted(&items));
    });
}

fn a_panic_is_a_failure_with_its_message(check: &Check) {
    check.forall(input::numbers_and(0..6, 1..=5, 1..=3), |(items, workers)| {
        let outcome = map(&items, workers, work);
        for (i, failure) in wanted(&items).failures {
            let Failure::Panic(message) = failure else { continue };
            let Some((_, got)) = outcome.failures.iter().find(|(j, _)| *j == i) else {
                fail(
                    Kind::SwallowedPanic,
                    format!(
                        "`work` panicked for item {i}, which is not among the failures {:?}",
                        outcome.failures
                    ),
                );
            };
            expect_eq("the failure of an item that panicked", got, &Failure::Panic(message));
        }
    });
}

fn a_message_may_be_any_text_or_none(check: &Check) {
    check.forall(input::numbers_and(0..10, 1..=4, 1..=2), |(items, workers)| {
        let long = "a text of many words ".repeat(300);
        let work = |item: &u64| -> Result<(), ()> {
            match item {
                0 => panic!("no number in it"),
                1 => panic!("a {item} in it"),
                2 => panic_any(7_u8),
                3 => panic!(""),
                4 => panic!(" a line\nand {item} more \n"),
                5 => panic!("{long}"),
                // These can be read, too, but are neither a `&'static str` nor a `String`.
                6 => panic_any(Box::<str>::from("a text in a box")),
                7 => panic_any(Cow::Borrowed("a text in a cow")),
                8 => panic_any(std::fmt::Error),
                _ => panic!(),
            }
        };
        let message = |item: &u64| match item {
            0 => "no number in it",
            1 => "a 1 in it",
            2 | 6 | 7 | 8 => "a panic without a message",
            3 => "",
            4 => " a line\nand 4 more \n",
            5 => &long,
            _ => "explicit panic",
        };
        let wanted: Vec<_> =
            items.iter().map(|item| Failure::Panic(message(item).to_owned())).enumerate().collect();
        let got = map(&items, workers, work).failures;
        // Nobody would count in a long text.
        if items.contains(&5) {
            expect_eq("the lengths of the messages", lengths(&got), lengths(&wanted));
        }
        expect_eq("the failures", got, wanted);
    });
}

/// How long each message is, in bytes.
fn lengths(failures: &[(usize, Failure<()>)]) -> Vec<Option<usize>> {
    let length = |(_, failure): &(usize, Failure<()>)| match failure {
        Failure::Error(()) => None,
        Failure::Panic(message) => Some(message.len()),
    };
    failures.iter().map(length).collect()
}

fn items_may_have_no_size(check: &Check) {
    check.forall(input::pair(0..=5, 1..=3), |(items, workers)| {
        let outcome = tolerant_map(&vec![(); items], workers, |()| -> Result<u8, ()> { Ok(7) });
        let wanted: Vec<_> = (0..items).map(|index| (index, 7)).collect();
        expect_eq("the successes of items that are all alike", outcome.successes, wanted);
    });
}

fn as_many_items_at_once_as_there_are_workers(check: &Check) {
    check.small("2 items and 2 workers", (2usize, 2usize));
    check.forall(input::pair_or_hundred(2..=7, 2..=4), |(items, workers)| {
        let meter = Meter::new();
        let work = |_: &usize| -> Result<(), ()> {
            let _inside = meter.enter();
            pause(TICK);
            Ok(())
        };
        let items: Vec<usize> = (0..items).collect();
        tolerant_map(&items, workers, work);
        let wanted = workers.min(items.len());
        expect(meter.peak() >= wanted, Kind::Sequential, || {
            format!("with {} items and {workers} workers, {wanted} should be in progress at once; there never were more than {}", items.len(), meter.peak())
        });
    });
}

/// Items begin and end on the tick, so half a tick later all is at rest.
fn a_free_worker_begins_the_next_item_at_once(check: &Check) {
    check.forall(input::numbers_or_dozens_and(0..9, 2..=6, 2..=3), |(items, workers)| {
        let meter = Meter::new();
        let watched = |item: &u64| {
            let _inside = meter.enter();
            for tick in beats(TICK).take(1 + *item as usize / 3) {
                pause_until(tick + TICK / 2);
                let (waiting, inside) = (items.len() - meter.entered(), meter.inside());
                expect(waiting == 0 || inside == workers, Kind::Sequential, || {
                    format!("a worker was free while an item waited: {inside} in progress, {waiting} not begun, {workers} workers")
                });
                pause_until(tick + TICK);
            }
            work(item)
        };
        map(&items, workers, watched);
    });
}

/// There are so many items that a program might give several of them to a worker, and one takes long.
fn a_slow_item_holds_up_no_other(check: &Check) {
    check.forall(input::triple(257..=320, 2..=4, 0..=3), |(items, workers, which)| {
        let (meter, slow) = (Meter::new(), [0, 1, items / 2, items - 1][which]);
        let items: Vec<usize> = (0..items).collect();
        let work = |item: &usize| -> Result<(), ()> {
            let _inside = meter.enter();
            let end = now() + TICK * items.len() as u32;
            while *item == slow && meter.entered() < items.len() && now() < end {
                pause(TICK);
            }
            let (waiting, inside) = (items.len() - meter.entered(), meter.inside());
            expect(*item != slow || waiting == 0, Kind::Sequential, || {
                format!(
                    "a worker was free while an item waited: {inside} in progress, {waiting} not begun, \
                     {workers} workers"
                )
            });
            Ok(())
        };
        tolerant_map(&items, workers, work);
    });
}

fn never_more_items_at_once_than_workers(check: &Check) {
    check.small("3 items and 2 workers", (vec![2u64, 0, 1], 2usize));
    check.forall(input::numbers_and(0..6, 0..=7, 1..=3), |(items, workers)| {
        let meter = Meter::new();
        let watched = |item: &u64| {
            let _inside = meter.enter();
            meter.at_most(workers, "items");
            pause(TICK);
            work(item)
        };
        map(&items, workers, watched);
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=2), |items| {
        let meter = Meter::new();
        let work = |_: &usize| -> Result<(), ()> {
            drop(meter.enter());
            Ok(())
        };
        let items: Vec<usize> = (0..items).collect();
        let outcome = catch(|| tolerant_map(&items, 0, work));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 workers the call should panic, and it returned".into()
        });
        expect_eq("the calls of `work` with 0 workers", meter.entered(), 0);
    });
}

fn any_number_of_items_of_which_any_fail(check: &Check) {
    check.small("2 items that panic and 2 workers", (2usize, 2usize, 2usize));
    check.forall(input::triple(0..=6, 1..=4, 0..=2), |(items, workers, fate)| {
        let items = vec![fate as u64; items];
        expect_eq("what came of the items", map(&items, workers, work), wanted(&items));
    });
}

fn dozens_of_items_may_fail(check: &Check) {
    check.forall(input::thousand_and_two(30..=70, 1..=3, 0..=3), |(items, workers, fate)| {
        // All end the same way, or in turn.
        let items: Vec<u64> =
            (0..items as u64).map(|item| if fate == 3 { item } else { fate as u64 }).collect();
        let outcome = map(&items, workers, work);
        expect_eq("how many items failed", outcome.failures.len(), wanted(&items).failures.len());
        expect_eq("what came of the items", outcome, wanted(&items));
    });
}

fn nothing_goes_on_after_the_return(check: &Check) {
    check.forall(input::numbers_and(0..6, 0..=5, 1..=4), |(items, workers)| {
        let meter = Meter::new();
        let work = |item: &u64| {
            let _inside = meter.enter();
            pause(TICK * (*item / 2) as u32);
            work(item)
        };
        map(&items, workers, work);
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("the call has returned, and {} items are still in progress", meter.inside())
        });
        every_thread_has_finished();
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..6, 1..=4, 1..=3), |(items, workers)| {
        map(&items, workers, |item| {
            pause(TICK * (1 + *item / 3) as u32);
            work(item)
        });
    });
}
