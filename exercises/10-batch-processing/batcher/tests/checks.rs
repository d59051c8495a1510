//! The contract of README.md, a check or more for each clause.
#![allow(clippy::type_complexity)] // A handler in a box is a long type.
#![allow(clippy::drop_non_drop)] // The receipt of the stub has nothing to drop; that of a solution has.

use std::any::Any;
use std::cell::RefCell;
use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::thread;
use std::time::Duration;

use batcher::{Batcher, Options, Outcome, Receipt};
use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, expect_in_time, fail, input, now, pause, settle};

checks! {
    1 => every_item_is_handled_once_and_in_order;
    1 => a_batch_takes_all_that_wait_up_to_its_size simulated;
    1 => each_pusher_keeps_its_order;
    1 => two_batchers_at_once_keep_apart;
    1 => the_documented_run simulated;
    2 => a_full_batch_is_begun_at_once simulated;
    2 => the_age_is_that_of_the_first_item simulated;
    2 => the_age_goes_on_while_the_handler_is_busy simulated;
    2 => the_wait_for_room_is_no_part_of_the_age simulated;
    3 => the_handler_is_called_on_a_thread_of_the_batcher_one_call_at_a_time;
    3 => push_waits_for_no_call;
    4 => every_receipt_tells_what_became_of_its_batch;
    4 => a_receipt_returns_when_its_call_has_ended simulated;
    4 => a_dropped_receipt_changes_nothing;
    5 => never_more_unhandled_items_than_the_limit;
    5 => push_waits_for_room_and_continues_at_once simulated;
    5 => options_that_make_no_sense_are_a_panic;
    6 => flush_returns_when_all_before_it_is_handled;
    6 => flush_waits_for_no_age simulated;
    6 => flush_waits_for_nothing_that_comes_later simulated;
    6 => a_flush_hurries_nothing_that_comes_later simulated;
    6 => what_a_flush_leaves_over_waits_for_its_age simulated;
    6 => several_flushes_at_once_return;
    7 => close_handles_what_is_left;
    7 => after_close_the_item_comes_back;
    7 => close_ends_the_pushes_that_wait simulated;
    7 => a_push_beside_a_close_is_handled_or_comes_back;
    7 => all_who_close_wait_for_the_same_end;
    8 => a_dropped_batcher_tells_what_it_never_tried simulated;
    8 => a_dropped_batcher_waits_for_no_age simulated;
    8 => everything_is_dropped_once;
    8 => nothing_is_left_behind;
    8 => no_thread_outlives_its_batcher;
    9 => the_handler_may_push_beyond_the_limit;
    9 => the_handler_may_flush simulated;
    9 => the_handler_may_close;
    9 => the_handler_may_drop_its_batcher;
    10 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
const DAY: Duration = Duration::from_hours(24);
/// More than a queue of any usual size has room for.
const MANY: usize = 1_100;
const AGES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(250), Duration::from_secs(60), Duration::MAX];

type Rows = Batcher<u64, String>;

/// A panic's payload that is no text.
#[derive(Debug)]
struct Odd(#[expect(dead_code, reason = "shown by Debug")] u64);

/// Compiled once, whatever the handler is.
fn rows(
    size: usize,
    age: Duration,
    limit: usize,
    handler: impl FnMut(Vec<u64>) -> Result<(), String> + Send + 'static,
) -> Rows {
    let mut handler = handler;
    let handler: Box<dyn FnMut(Vec<u64>) -> Result<(), String> + Send> = Box::new(move |batch: Vec<u64>| {
        expect((1..=size).contains(&batch.len()), Kind::WrongAnswer, || {
            format!("the size is {size}, and the handler was called with {batch:?}")
        });
        handler(batch)
    });
    Batcher::new(Options { size, age, limit }, handler)
}

fn push(rows: &Rows, row: u64) -> Receipt<String> {
    rows.push(row).unwrap_or_else(|row| {
        fail(
            Kind::WrongAnswer,
            format!("`push` returned {row} as an error, and nobody had closed the batcher"),
        )
    })
}

/// What the handler does with a batch: the first row that decides it does.
fn handle(batch: &[u64]) -> Result<(), String> {
    for row in batch {
        match row % 10 {
            7 => return Err(format!("{row} is refused")),
            8 => panic!("{row} failed (the check makes it panic)"),
            9 => panic_any(Odd(*row)),
            _ => {}
        }
    }
    Ok(())
}

/// What should come of [`handle`].
fn wanted(batch: &[u64]) -> Outcome<String> {
    match batch.iter().find(|row| **row % 10 >= 7) {
        None => Outcome::Stored,
        Some(row) if row % 10 == 7 => Outcome::Failed(format!("{row} is refused")),
        Some(_) => Outcome::Panicked,
    }
}

/// The batches that a handler got, each with the time of its call.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<(Duration, Vec<u64>)>>>);

impl Log {
    fn note(&self, batch: &[u64]) {
        self.0.lock().unwrap().push((now(), batch.to_vec()));
    }

    fn timed(&self) -> Vec<(Duration, Vec<u64>)> {
        self.0.lock().unwrap().clone()
    }

    fn batches(&self) -> Vec<Vec<u64>> {
        self.timed().into_iter().map(|(_, batch)| batch).collect()
    }

    fn flat(&self) -> Vec<u64> {
        self.batches().concat()
    }
}

/// The numbers that a check draws become rows that differ, with the same last digit.
fn distinct(numbers: &[u64]) -> Vec<u64> {
    numbers.iter().enumerate().map(|(i, n)| 10 * i as u64 + n).collect()
}

fn every_item_is_handled_once_and_in_order(check: &Check) {
    check.small("2 items in batches of 2", (vec![0u64, 0], 2usize, 3usize));
    check.forall(input::numbers_and_two(0..10, 0..=7, 1..=4, 0..=3), |(numbers, size, age)| {
        let (log, pushed) = (Log::default(), distinct(&numbers));
        let noted = log.clone();
        let rows = rows(size, AGES[age], size + 1, move |batch| {
            noted.note(&batch);
            pause(TICK * (batch[0] % 3) as u32);
            handle(&batch)
        });
        for row in &pushed {
            drop(push(&rows, *row));
            pause(TICK * (row % 2) as u32);
        }
        rows.close();
        expect_eq("the items that were handled, in their order", log.flat(), pushed);
    });
}

/// They wait behind a call that is held up, for longer than their age.
fn a_batch_takes_all_that_wait_up_to_its_size(check: &Check) {
    check.forall(input::triple(1..=4, 0..=9, 0..=1), |(size, waiting, age)| {
        let (log, gate) = (Log::default(), Gate::new());
        let (noted, held) = (log.clone(), gate.clone());
        let rows = rows(size, AGES[age], size + 9, move |batch| {
            noted.note(&batch);
            held.wait();
            Ok(())
        });
        (0..size as u64).for_each(|row| drop(push(&rows, row)));
        pause(TICK * 10);
        let first = log.flat().len();
        (first..size + waiting).for_each(|row| {
            if row >= size {
                drop(push(&rows, row as u64))
            }
        });
        pause(TICK * 10);
        gate.open();
        settle();
        let wanted: Vec<Vec<u64>> = (first as u64..(size + waiting) as u64)
            .collect::<Vec<_>>()
            .chunks(size)
            .map(<[u64]>::to_vec)
            .collect();
        let later = log.batches().into_iter().skip(1).collect();
        expect_eq("the batches of what waited while the handler was busy", later, wanted);
    });
}

fn each_pusher_keeps_its_order(check: &Check) {
    check.small("2 pushers of one item each", (2usize, 1usize, 2usize));
    check.forall(input::triple(1..=3, 1..=4, 1..=3), |(pushers, each, size)| {
        let log = Log::default();
        let noted = log.clone();
        let rows = rows(size, AGES[3], size, move |batch| {
            noted.note(&batch);
            Ok(())
        });
        thread::scope(|scope| {
            for pusher in 0..pushers as u64 {
                let rows = &rows;
                scope.spawn(move || (0..each as u64).for_each(|i| drop(push(rows, 100 * pusher + i))));
            }
        });
        rows.close();
        let flat = log.flat();
        for pusher in 0..pushers as u64 {
            let own: Vec<u64> = flat.iter().copied().filter(|row| row / 100 == pusher).collect();
            expect_eq("the items of one pusher", own, (0..each as u64).map(|i| 100 * pusher + i).collect());
        }
        expect_eq("how many items were handled", flat.len(), pushers * each);
    });
}

/// One of the two is held up in its handler, or that panics.
fn two_batchers_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=3), |(size, count, age)| {
        let (gate, logs) = (Gate::new(), [Log::default(), Log::default()]);
        let (held, noted) = (gate.clone(), logs[0].clone());
        let panics = count == 2;
        let busy = rows(1, AGES[age], 1, move |batch| {
            noted.note(&batch);
            assert!(!panics, "the first handler failed (the check makes it panic)");
            held.wait();
            Ok(())
        });
        let noted = logs[1].clone();
        let other = rows(size, AGES[age], size, move |batch| {
            noted.note(&batch);
            Ok(())
        });
        let first = push(&busy, 1000);
        pause(TICK);
        let receipts: Vec<_> = (0..count as u64).map(|row| push(&other, row)).collect();
        other.flush();
        other.close();
        for receipt in receipts {
            expect_eq("a receipt of the second batcher", receipt.wait(), Outcome::Stored);
        }
        expect_eq("the items of the second batcher", logs[1].flat(), (0..count as u64).collect());
        gate.open();
        busy.close();
        let wanted = if panics { Outcome::Panicked } else { Outcome::Stored };
        expect_eq("the receipt of the first batcher", first.wait(), wanted);
        expect_eq("the items of the first batcher", logs[0].flat(), vec![1000]);
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let printed = Arc::clone(&lines);
        let options = Options { size: 100, age: Duration::from_secs(60), limit: 200 };
        let batcher = Batcher::new(options, move |rows: Vec<u32>| {
            let line = format!("{} rows, {} to {}", rows.len(), rows[0], rows[rows.len() - 1]);
            printed.lock().unwrap().push(line);
            if rows.contains(&150) { Err("disk full") } else { Ok(()) }
        });
        let mut receipts: Vec<_> = (0..250).flat_map(|row| batcher.push(row)).collect();
        // On real threads nobody waits so long.
        if now() == Duration::ZERO {
            batcher.flush()
        } else {
            pause(DAY)
        }
        receipts.extend((250..275).flat_map(|row| batcher.push(row)));
        batcher.close();
        let outcomes: Vec<_> = receipts.into_iter().map(Receipt::wait).collect();
        let stored = outcomes.iter().filter(|outcome| **outcome == Outcome::Stored).count();
        let last = format!("{stored} stored, {} failed", outcomes.len() - stored);
        let lines = lines.lock().unwrap();
        lines.iter().cloned().chain([last]).collect::<Vec<_>>().join("\n")
    });
}

fn a_full_batch_is_begun_at_once(check: &Check) {
    check.small("a batch of 2, and the second item", (2usize, 1usize));
    check.forall(input::pair(1..=5, 1..=3), |(size, batches)| {
        let log = Log::default();
        let noted = log.clone();
        let rows = rows(size, Duration::MAX, 2 * size, move |batch| {
            noted.note(&batch);
            Ok(())
        });
        for done in 0..batches {
            for i in 0..size {
                let so_far = log.batches().len();
                expect(so_far == done, Kind::TooEarly, || {
                    format!("the size is {size}, the number of pushed items is {}, and that of begun batches is {so_far}", done * size + i)
                });
                drop(push(&rows, (done * size + i) as u64));
                settle();
            }
            let so_far = log.batches().len();
            expect(so_far == done + 1, Kind::TooLate, || {
                format!("the size is {size}, all is at rest, the number of pushed items is {}, and that of begun batches is {so_far}", (done + 1) * size)
            });
        }
    });
}

/// Items come with time between them. The handler takes no time.
fn the_age_is_that_of_the_first_item(check: &Check) {
    check.small("an item, and no second one", (vec![1u64], 2usize, 1usize));
    check.forall(input::numbers_and_two(0..7, 1..=7, 1..=5, 0..=3), |(gaps, size, age)| {
        let (log, age) = (Log::default(), AGES[age]);
        let noted = log.clone();
        let rows = rows(size, age, 7 + size, move |batch| {
            noted.note(&batch);
            Ok(())
        });
        let mut pushed = Vec::new();
        for (i, gap) in gaps.iter().enumerate() {
            // A gap of 5 is an idle time. So a thread that counts from its last batch is found.
            pause(if *gap == 5 { Duration::from_secs(10) } else { TICK * *gap as u32 });
            let before = now();
            drop(push(&rows, i as u64));
            pushed.push((before, now()));
        }
        pause(TICK * 10 * (gaps.len() % 2) as u32);
        let closing = now();
        rows.close();
        for (begun, batch) in log.timed() {
            let (first, last) = (pushed[batch[0] as usize], pushed[batch[batch.len() - 1] as usize]);
            let full = batch.len() == size;
            let what = || format!("with a size of {size} and an age of {age:?}, the items {batch:?} were pushed at {:?} to {:?}, and their batch was begun at {begun:?}", first.0, last.1);
            let earliest = if full { last.0 } else { first.0.saturating_add(age).min(closing) };
            let due = first.1.saturating_add(age).min(closing);
            let latest = (if full { due.min(last.1) } else { due }).saturating_add(SOON);
            // An item may come when the batch of the others is late.
            let in_time = earliest.min(latest)..=latest;
            expect_in_time(&format!("the batch {batch:?} was begun"), begun, in_time, what);
        }
        expect_eq("how many items were handled", log.flat().len(), pushed.len());
    });
}

/// What waited for longer than its age, behind another batch, waits no longer.
fn the_age_goes_on_while_the_handler_is_busy(check: &Check) {
    check.forall(input::triple(2..=4, 1..=3, 2..=17), |(size, later, way)| {
        // Other threads push what waits, or the handler does.
        let (ticks, inside) = if way > 9 { (way - 8, true) } else { (way, false) };
        let later = later.min(size - 1);
        let (log, gate) = (Log::default(), Gate::new());
        let (noted, held) = (log.clone(), gate.clone());
        let age = TICK * 5;
        let own = Own::default();
        let inner = own.clone();
        let before = now();
        let rows = own.of(rows(size, age, 20, move |batch| {
            noted.note(&batch);
            if batch[0] == 0 {
                if inside && let Some(rows) = inner.get() {
                    (0..later).for_each(|i| drop(push(&rows, (size + i) as u64)));
                }
                held.wait();
            }
            Ok(())
        }));
        (0..size as u64).for_each(|row| drop(push(&rows, row)));
        settle();
        if !inside {
            (0..later).for_each(|i| drop(push(&rows, (size + i) as u64)));
        }
        let after = now();
        pause(TICK * ticks as u32 + TICK / 2);
        let opened = now();
        gate.open();
        pause(TICK * 20);
        let timed = log.timed();
        expect(timed.len() == 2, Kind::TooLate, || {
            format!("items waited for two seconds, their age is {age:?}, and the batches are {:?}", log.batches())
        });
        let (begun, batch) = &timed[1];
        let what = || format!("the items {batch:?} were pushed at {before:?}, their age is {age:?}, the handler became free at {opened:?}, and their batch was begun at {begun:?}");
        let in_time = (before + age).max(opened)..=(after + age).max(opened) + SOON;
        expect_in_time(&format!("the batch {batch:?} was begun"), *begun, in_time, what);
    });
}

/// The items that come later wait for room first, shorter or longer than their age.
fn the_wait_for_room_is_no_part_of_the_age(check: &Check) {
    check.forall(input::triple(2..=4, 1..=3, 0..=9), |(size, later, ticks)| {
        let (log, gate, age) = (Log::default(), Gate::new(), TICK * 5);
        let (noted, held) = (log.clone(), gate.clone());
        let rows = rows(size, age, size, move |batch| {
            noted.note(&batch);
            if batch[0] == 0 {
                held.wait();
            }
            Ok(())
        });
        (0..size as u64).for_each(|row| drop(push(&rows, row)));
        thread::scope(|scope| {
            for i in 0..later.min(size - 1) {
                let rows = &rows;
                scope.spawn(move || drop(push(rows, (size + i) as u64)));
            }
            pause(TICK * ticks as u32 + TICK / 2);
            let room = now();
            gate.open();
            settle();
            let accepted = now();
            pause(TICK * 20);
            let timed = log.timed();
            expect(timed.len() == 2, Kind::TooLate, || {
                format!("items were accepted two seconds ago, their age is {age:?}, and the batches are {:?}", log.batches())
            });
            let (begun, batch) = &timed[1];
            let what = || format!("the items {batch:?} waited for room until {room:?}, their age is {age:?}, and their batch was begun at {begun:?}");
            let in_time = room + age..=accepted + age + SOON;
            expect_in_time(&format!("the batch {batch:?} was begun"), *begun, in_time, what);
        });
    });
}

fn the_handler_is_called_on_a_thread_of_the_batcher_one_call_at_a_time(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 0..=3), |(size, each, age)| {
        let (meter, callers) = (Meter::new(), Arc::<Mutex<Vec<_>>>::default());
        let (watched, noted) = (meter.clone(), Arc::clone(&callers));
        let rows = rows(size, AGES[age], size, move |batch| {
            let _inside = watched.enter();
            watched.at_most(1, "calls of the handler");
            noted.lock().unwrap().push(thread::current().id());
            pause(TICK * 3);
            handle(&batch)
        });
        let main = thread::current().id();
        let other = thread::scope(|scope| {
            let pusher = scope.spawn(|| {
                (0..each as u64).for_each(|row| drop(push(&rows, row)));
                rows.flush();
                thread::current().id()
            });
            (0..each as u64).for_each(|row| drop(push(&rows, row + 10)));
            rows.flush();
            pusher.join().unwrap()
        });
        drop(push(&rows, 20));
        rows.close();
        let callers = callers.lock().unwrap();
        expect(!callers.contains(&main) && !callers.contains(&other), Kind::WrongAnswer, || {
            "the handler was called on a thread that pushes, flushes or closes".into()
        });
    });
}

/// The handler needs what its pusher does later.
fn push_waits_for_no_call(check: &Check) {
    check.small("a push beside a call", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=24), |(size, more)| {
        let (size, more) = if more == 24 { (100 * size, MANY) } else { (size, more) };
        let (gate, log) = (Gate::new(), Log::default());
        let (held, noted) = (gate.clone(), log.clone());
        let rows = rows(size, Duration::ZERO, size + more, move |batch| {
            held.wait();
            noted.note(&batch);
            Ok(())
        });
        (0..(size + more) as u64).for_each(|row| drop(push(&rows, row)));
        gate.open();
        rows.close();
        expect_eq("how many items were handled", log.flat().len(), size + more);
    });
}

fn every_receipt_tells_what_became_of_its_batch(check: &Check) {
    check.small("an item that is refused, and the next one", (vec![7u64, 0], 1usize, 0usize));
    check.forall(input::numbers_and_two(4..10, 1..=7, 1..=3, 0..=3), |(numbers, size, age)| {
        let (log, pushed) = (Log::default(), distinct(&numbers));
        let noted = log.clone();
        let rows = rows(size, AGES[age], size + 1, move |batch| {
            noted.note(&batch);
            pause(TICK * (batch[0] % 2) as u32);
            handle(&batch)
        });
        let receipts: Vec<_> = pushed.iter().map(|row| (*row, push(&rows, *row))).collect();
        rows.flush();
        if numbers.len() % 2 == 0 {
            drop(rows);
        }
        for (row, receipt) in receipts {
            let outcome = receipt.wait();
            let batch = log.batches().into_iter().find(|batch| batch.contains(&row)).unwrap_or_default();
            expect(!batch.is_empty(), Kind::WrongAnswer, || {
                format!("the receipt of {row} says {outcome:?}, and the handler never got it")
            });
            expect_eq(&format!("the receipt of {row} in the batch {batch:?}"), outcome, wanted(&batch));
        }
    });
}

fn a_receipt_returns_when_its_call_has_ended(check: &Check) {
    check.small("a receipt that is waited for", (1usize, 0usize));
    check.forall(input::pair(1..=3, 0..=3), |(size, fate)| {
        let (gate, returned) = (Gate::new(), Arc::<AtomicUsize>::default());
        let held = gate.clone();
        let rows = rows(size, Duration::MAX, size, move |batch| {
            held.wait();
            handle(&batch)
        });
        let waiters: Vec<_> = (0..size as u64)
            .map(|i| {
                let (receipt, returned) = (push(&rows, 10 * i + 6 + fate as u64), Arc::clone(&returned));
                thread::spawn(move || {
                    receipt.wait();
                    returned.fetch_add(1, Ordering::SeqCst);
                })
            })
            .collect();
        pause(TICK);
        let early = returned.load(Ordering::SeqCst);
        expect(early == 0, Kind::TooEarly, || {
            format!("the handler is still in its call, and {early} of its {size} receipts have returned")
        });
        gate.open();
        settle();
        let so_far = returned.load(Ordering::SeqCst);
        expect(so_far == size, Kind::TooLate, || {
            format!("the handler's call has ended, all is at rest, and {so_far} of its {size} receipts have returned")
        });
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
    });
}

fn a_dropped_receipt_changes_nothing(check: &Check) {
    check.forall(input::numbers_and(0..2, 1..=6, 1..=3), |(keep, size)| {
        let log = Log::default();
        let noted = log.clone();
        let rows = rows(size, AGES[1], size, move |batch| {
            pause(TICK);
            noted.note(&batch);
            handle(&batch)
        });
        let mut kept = Vec::new();
        for (i, keep) in keep.iter().enumerate() {
            let receipt = push(&rows, 10 * i as u64 + 6 + keep);
            if *keep == 1 { kept.push(receipt) } else { drop(receipt) }
        }
        rows.close();
        expect_eq("how many items were handled", log.flat().len(), keep.len());
        for receipt in kept {
            let outcome = receipt.wait();
            expect(matches!(outcome, Outcome::Failed(_)), Kind::WrongAnswer, || {
                format!("the receipt of an item that was refused says {outcome:?}")
            });
        }
    });
}

fn never_more_unhandled_items_than_the_limit(check: &Check) {
    check.small("2 pushers and a limit of 1", (2usize, 1usize, 1usize));
    check.forall(input::triple(1..=3, 1..=4, 1..=3), |(pushers, each, size)| {
        let (accepted, handled) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (limit, counted) = (size + each % 2, Arc::clone(&handled));
        let rows = rows(size, Duration::ZERO, limit, move |batch| {
            pause(TICK);
            counted.fetch_add(batch.len(), Ordering::SeqCst);
            handle(&batch)
        });
        thread::scope(|scope| {
            for pusher in 0..pushers as u64 {
                let (rows, accepted, handled) = (&rows, &accepted, &handled);
                scope.spawn(move || {
                    for i in 0..each as u64 {
                        drop(push(rows, 6 + i + 10 * pusher));
                        let accepted = accepted.fetch_add(1, Ordering::SeqCst) + 1;
                        let unhandled = accepted.saturating_sub(handled.load(Ordering::SeqCst));
                        expect(unhandled <= limit, Kind::Oversubscribed, || {
                            format!("the limit is {limit}, and {unhandled} accepted items are unhandled")
                        });
                    }
                });
            }
        });
        rows.close();
        expect_eq("how many items were handled", handled.load(Ordering::SeqCst), pushers * each);
    });
}

/// Every fate of a batch makes room. The handler may have pushed beyond the limit before.
fn push_waits_for_room_and_continues_at_once(check: &Check) {
    check.forall(input::triple(1..=3, 0..=2, 0..=11), |(size, more, way)| {
        let (fate, pushes) = (way % 4, way / 4);
        let (gates, returned) = ([Gate::new(), Gate::new()], Arc::<AtomicUsize>::default());
        let (held, limit) = (gates.clone(), size + more);
        let (own, log) = (Own::default(), Log::default());
        let (inner, pushed, noted) = (own.clone(), Gate::new(), log.clone());
        let all_pushed = pushed.clone();
        let rows = own.of(rows(size, Duration::ZERO, limit, move |batch| {
            let is_first = noted.batches().is_empty();
            noted.note(&batch);
            if is_first && let Some(rows) = inner.get() {
                all_pushed.wait();
                (0..pushes as u64).for_each(|i| drop(push(&rows, 2000 + 10 * i)));
            }
            held[usize::from(!is_first)].wait();
            handle(&batch)
        }));
        thread::scope(|scope| {
            (0..limit as u64).for_each(|i| drop(push(&rows, 10 * i + 6 + fate as u64)));
            pushed.open();
            settle();
            for _ in 0..size {
                scope.spawn(|| {
                    drop(push(&rows, 1000));
                    returned.fetch_add(1, Ordering::SeqCst);
                });
            }
            pause(TICK);
            let early = returned.load(Ordering::SeqCst);
            expect(early == 0, Kind::Oversubscribed, || {
                format!("the limit is {limit}, {} items are unhandled, {pushes} of these come from the handler, and {early} more were accepted", limit + pushes)
            });
            gates[0].open();
            settle();
            // The next call is held up.
            let (so_far, handled) = (returned.load(Ordering::SeqCst), log.batches()[0].len());
            let (unhandled, room) = (limit + pushes - handled, handled.saturating_sub(pushes));
            expect(so_far <= room, Kind::Oversubscribed, || {
                format!("the limit is {limit}, {unhandled} items are unhandled, {pushes} of these come from the handler, and {so_far} more were accepted")
            });
            let is_full = |so_far: usize, room: usize| {
                expect(so_far == room, Kind::TooLate, || {
                    format!("there is room for {room} more items, all is at rest, and {so_far} of the calls of `push` have returned")
                });
            };
            is_full(so_far, room);
            gates[1].open();
            settle();
            is_full(returned.load(Ordering::SeqCst), size);
        });
    });
}

fn options_that_make_no_sense_are_a_panic(check: &Check) {
    check.forall(input::pair(0..=3, 0..=3), |(size, limit)| {
        let wrong = size == 0 || limit < size;
        let made = catch(|| drop(rows(size, Duration::ZERO, limit, |_| Ok(()))));
        expect(made.is_err() || !wrong, Kind::WrongAnswer, || {
            format!("with a size of {size} and a limit of {limit} `new` should panic, and it returned")
        });
        expect(made.is_ok() || wrong, Kind::Panicked, || {
            format!("with a size of {size} and a limit of {limit} `new` panicked")
        });
        every_thread_has_finished();
    });
}

fn flush_returns_when_all_before_it_is_handled(check: &Check) {
    check.small("one item and a flush", (vec![0u64], 2usize, 1usize));
    check.forall(input::numbers_and_two(4..10, 0..=6, 1..=4, 1..=2), |(numbers, size, rounds)| {
        let handled = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&handled);
        let rows = rows(size, Duration::MAX, size, move |batch| {
            pause(TICK);
            counted.fetch_add(batch.len(), Ordering::SeqCst);
            handle(&batch)
        });
        for round in 1..=rounds {
            numbers.iter().for_each(|row| drop(push(&rows, *row)));
            rows.flush();
            let (handled, pushed) = (handled.load(Ordering::SeqCst), round * numbers.len());
            expect(handled == pushed, Kind::TooEarly, || {
                format!("`flush` has returned, {pushed} items were pushed before it, and {handled} have been handled")
            });
        }
        rows.close();
        rows.flush();
    });
}

fn flush_waits_for_no_age(check: &Check) {
    check.forall(input::triple(0..=5, 2..=4, 1..=6), |(items, size, way)| {
        // Somebody closes meanwhile, or nobody does.
        let (age, closes) = if way > 3 { (way - 3, true) } else { (way, false) };
        let gate = Gate::new();
        let held = gate.clone();
        let rows = rows(size, AGES[age].max(Duration::from_secs(1)), 6, move |_| {
            held.wait();
            Ok(())
        });
        (0..items as u64).for_each(|row| drop(push(&rows, row)));
        let returned = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                rows.flush();
                returned.fetch_add(1, Ordering::SeqCst);
            });
            settle();
            if closes {
                scope.spawn(|| rows.close());
                settle();
            }
            let early = returned.load(Ordering::SeqCst) == 1;
            expect(items == 0 || !early, Kind::TooEarly, || {
                "`flush` has returned, and the handler is still in its call".into()
            });
            gate.open();
            settle();
            expect(returned.load(Ordering::SeqCst) == 1, Kind::TooLate, || {
                format!("{items} items were pushed before a `flush`, the handler takes no time, all is at rest, and `flush` has not returned")
            });
        });
    });
}

/// What comes later is held up until the flush has returned.
fn flush_waits_for_nothing_that_comes_later(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(first, later)| {
        let gate = Gate::new();
        let held = gate.clone();
        let rows = rows(1, Duration::ZERO, 8, move |batch| {
            if batch[0] >= 100 {
                held.wait()
            } else {
                pause(TICK * 10)
            }
            Ok(())
        });
        (0..first as u64).for_each(|row| drop(push(&rows, row)));
        thread::scope(|scope| {
            scope.spawn(|| {
                rows.flush();
                gate.open();
            });
            pause(TICK);
            (0..later as u64).for_each(|row| drop(push(&rows, 100 + row)));
        });
    });
}

/// With something to flush, and with nothing.
fn a_flush_hurries_nothing_that_comes_later(check: &Check) {
    check.forall(input::triple(0..=4, 2..=4, 1..=2), |(before, size, flushes)| {
        let log = Log::default();
        let noted = log.clone();
        let rows = rows(size, AGES[2], 4, move |batch| {
            noted.note(&batch);
            Ok(())
        });
        (0..before as u64).for_each(|row| drop(push(&rows, row)));
        (0..flushes).for_each(|_| rows.flush());
        (1..size as u64).for_each(|row| drop(push(&rows, 100 + row)));
        pause(TICK);
        let early = log.flat().len() - before.min(log.flat().len());
        expect(early == 0, Kind::TooEarly, || {
            format!("after a `flush`, {} items were pushed in batches of {size}, their age is a minute, and {early} were handled at once", size - 1)
        });
        rows.close();
    });
}

/// The handler is busy. One item is pushed before the flush, and others after it, more than go into a batch.
fn what_a_flush_leaves_over_waits_for_its_age(check: &Check) {
    check.forall(input::triple(2..=4, 1..=3, 0..=1), |(size, over, waits)| {
        let (log, gate) = (Log::default(), Gate::new());
        let (noted, held) = (log.clone(), gate.clone());
        let rows = Arc::new(rows(size, AGES[2], 20, move |batch| {
            noted.note(&batch);
            held.wait();
            Ok(())
        }));
        (0..size as u64).for_each(|row| drop(push(&rows, row)));
        settle();
        drop(push(&rows, 100));
        let flushing = {
            let rows = Arc::clone(&rows);
            thread::spawn(move || rows.flush())
        };
        if waits == 1 {
            settle();
        } else {
            pause(TICK);
        }
        (0..(size + over - 1) as u64).for_each(|row| drop(push(&rows, 200 + row)));
        gate.open();
        settle();
        let hurried = |batch: &&Vec<u64>| batch.len() < size && !batch.contains(&100);
        let early = log.batches().iter().find(hurried).cloned();
        expect(early.is_none(), Kind::TooEarly, || {
            format!("one item was pushed before a `flush` and {} after it, their age is a minute, and {early:?} was handled at once", size + over - 1)
        });
        flushing.join().unwrap();
        rows.close();
    });
}

fn several_flushes_at_once_return(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 1..=3), |(flushers, each, size)| {
        let log = Log::default();
        let noted = log.clone();
        let rows = rows(size, Duration::MAX, size + 1, move |batch| {
            noted.note(&batch);
            pause(TICK);
            Ok(())
        });
        thread::scope(|scope| {
            for flusher in 0..flushers as u64 {
                let (rows, log) = (&rows, &log);
                scope.spawn(move || {
                    (0..each as u64).for_each(|i| drop(push(rows, 100 * flusher + i)));
                    rows.flush();
                    let own = log.flat().into_iter().filter(|row| row / 100 == flusher).count();
                    expect(own == each, Kind::TooEarly, || {
                        format!("`flush` has returned, its thread had pushed {each} items, and {own} have been handled")
                    });
                });
            }
        });
    });
}

fn close_handles_what_is_left(check: &Check) {
    check.small("one item and a close", (vec![0u64], 2usize, 3usize));
    check.forall(input::numbers_and_two(4..10, 0..=7, 1..=4, 0..=3), |(numbers, size, age)| {
        let (log, pushed) = (Log::default(), distinct(&numbers));
        let noted = log.clone();
        let rows = rows(size, AGES[age], 8, move |batch| {
            pause(TICK);
            noted.note(&batch);
            handle(&batch)
        });
        let receipts: Vec<_> = pushed.iter().map(|row| push(&rows, *row)).collect();
        let before = now();
        rows.close();
        let (after, most) = (now(), (TICK + SOON) * (pushed.len() as u32 + 1));
        expect_in_time("`close` returned", after, Duration::ZERO..=before + most, || {
            let (left, took) = (pushed.len(), after - before);
            format!(
                "the handler takes {TICK:?} for a batch, {left} items were left, and `close` took {took:?}"
            )
        });
        expect_eq("the items that were handled when `close` returned", log.flat(), pushed);
        let lost = receipts
            .into_iter()
            .filter_map(|receipt| (receipt.wait() == Outcome::NeverTried).then_some(()))
            .count();
        expect_eq("how many receipts say that their item was never tried", lost, 0);
    });
}

/// Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Parcel(u64);

fn after_close_the_item_comes_back(check: &Check) {
    check.forall(input::triple(0..=2, 1..=3, 0..=1), |(before, after, busy)| {
        let gate = Gate::new();
        let held = gate.clone();
        let options = Options { size: 1, age: Duration::ZERO, limit: 10 };
        let parcels = Batcher::new(options, move |_: Vec<Parcel>| {
            held.wait();
            Err(())
        });
        (0..before as u64).for_each(|n| drop(parcels.push(Parcel(n))));
        let refused = |parcels: &Batcher<Parcel, ()>| {
            for n in 0..after as u64 {
                let returned = parcels.push(Parcel(n)).map(drop);
                expect_eq("what `push` returned after `close`", returned, Err(Parcel(n)));
            }
        };
        thread::scope(|scope| {
            if busy == 0 {
                gate.open();
            }
            let closer = scope.spawn(|| parcels.close());
            if now() > Duration::ZERO || busy == 0 {
                // On real threads nobody knows when `close` has begun.
                pause(TICK);
                if busy == 0 {
                    closer.join().unwrap();
                }
                refused(&parcels);
            }
            gate.open();
        });
        refused(&parcels);
    });
}

fn close_ends_the_pushes_that_wait(check: &Check) {
    check.small("a push that waits, and a close", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 1..=3, 0..=1), |(size, pushers, inside)| {
        let (gate, log, returned) = (Gate::new(), Log::default(), AtomicUsize::new(0));
        let (held, noted) = (gate.clone(), log.clone());
        let (own, ask) = (Own::default(), Gate::new());
        let (inner, asked) = (own.clone(), ask.clone());
        // Another thread closes, or the handler does.
        let rows = own.of(rows(size, Duration::ZERO, size, move |batch| {
            noted.note(&batch);
            if inside == 1 {
                asked.wait();
                if let Some(rows) = inner.get() {
                    rows.close();
                }
            }
            held.wait();
            Ok(())
        }));
        (0..size as u64).for_each(|row| drop(push(&rows, row)));
        thread::scope(|scope| {
            for _ in 0..pushers {
                scope.spawn(|| {
                    let returned_item = rows.push(100).map(drop);
                    expect_eq("what a `push` that waited returned after `close`", returned_item, Err(100));
                    returned.fetch_add(1, Ordering::SeqCst);
                });
            }
            pause(TICK);
            if inside == 1 {
                ask.open();
            } else {
                scope.spawn(|| rows.close());
            }
            settle();
            let so_far = returned.load(Ordering::SeqCst);
            expect(so_far == pushers, Kind::TooLate, || {
                format!("the batcher is closed, all is at rest, and {so_far} of {pushers} calls of `push` have returned")
            });
            gate.open();
        });
        rows.close();
        expect_eq("the items that were handled", log.flat(), (0..size as u64).collect());
    });
}

fn a_push_beside_a_close_is_handled_or_comes_back(check: &Check) {
    check.small("a push and a close at once", (1usize, 2usize));
    check.forall(input::pair(1..=3, 1..=3), |(pushers, size)| {
        let log = Log::default();
        let noted = log.clone();
        let rows = rows(size, Duration::MAX, 3, move |batch| {
            noted.note(&batch);
            Ok(())
        });
        let (handled, accepted) = thread::scope(|scope| {
            let rows = &rows;
            let pushers: Vec<_> = (0..pushers as u64)
                .map(|row| scope.spawn(move || rows.push(row).is_ok().then_some(row)))
                .collect();
            rows.close();
            let handled = log.flat();
            (handled, pushers.into_iter().filter_map(|pusher| pusher.join().unwrap()).collect::<Vec<_>>())
        });
        expect_in_any_order("the items that were handled when `close` returned", &handled, &accepted);
    });
}

fn all_who_close_wait_for_the_same_end(check: &Check) {
    check.small("2 closes at once", (2usize, 1usize, 2usize));
    check.forall(input::triple(2..=3, 0..=4, 1..=3), |(closers, items, size)| {
        let log = Log::default();
        let noted = log.clone();
        let rows = rows(size, Duration::MAX, 4, move |batch| {
            pause(TICK);
            noted.note(&batch);
            Ok(())
        });
        (0..items as u64).for_each(|row| drop(push(&rows, row)));
        thread::scope(|scope| {
            for _ in 0..closers {
                scope.spawn(|| {
                    rows.close();
                    let handled = log.flat().len();
                    expect(handled == items, Kind::TooEarly, || {
                        format!("a `close` has returned, {items} items were accepted, and {handled} have been handled")
                    });
                });
            }
        });
        rows.close();
        every_thread_has_finished();
    });
}

fn a_dropped_batcher_tells_what_it_never_tried(check: &Check) {
    check.small("an item in the handler, an item that waits, and a drop", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 0..=5, 0..=3), |(size, waiting, fate)| {
        let (gate, log, meter) = (Gate::new(), Log::default(), Meter::new());
        let (held, noted, watched) = (gate.clone(), log.clone(), meter.clone());
        let rows = rows(size, Duration::ZERO, size + 5, move |batch| {
            let _inside = watched.enter();
            noted.note(&batch);
            held.wait();
            handle(&batch)
        });
        let first: Vec<_> = (0..size as u64).map(|i| 10 * i + 6 + fate as u64).collect();
        let mut receipts: Vec<_> = first.iter().map(|row| (*row, push(&rows, *row))).collect();
        settle();
        receipts.extend((0..waiting as u64).map(|row| (100 + row, push(&rows, 100 + row))));
        let tried = log.flat();
        let waiters: Vec<_> =
            receipts.into_iter().map(|(row, receipt)| thread::spawn(move || (row, receipt.wait()))).collect();
        let dropper = thread::spawn(move || {
            drop(rows);
            meter.inside()
        });
        pause(TICK);
        gate.open();
        let inside = dropper.join().unwrap();
        expect(inside == 0, Kind::TooEarly, || {
            "the batcher has been dropped, and the handler is still in its call".into()
        });
        for waiter in waiters {
            let (row, outcome) = waiter.join().unwrap();
            let wanted = if tried.contains(&row) { wanted(&tried) } else { Outcome::NeverTried };
            expect_eq(
                &format!("the receipt of {row}, when {tried:?} was in progress at the drop"),
                outcome,
                wanted,
            );
        }
        expect_eq("the items that were handled", log.flat(), tried);
        every_thread_has_finished();
    });
}

/// The owner drops it, or a panic of the owner does.
fn a_dropped_batcher_waits_for_no_age(check: &Check) {
    check.forall(input::triple(0..=3, 1..=3, 0..=1), |(waiting, age, panics)| {
        let log = Log::default();
        let noted = log.clone();
        let receipts = Arc::<Mutex<Vec<Receipt<String>>>>::default();
        let kept = Arc::clone(&receipts);
        let before = now();
        let owner = thread::spawn(move || {
            let rows = rows(4, AGES[age], 4, move |batch| {
                noted.note(&batch);
                Ok(())
            });
            (0..waiting as u64).for_each(|row| kept.lock().unwrap().push(push(&rows, row)));
            assert!(panics == 0, "the owner failed (the check makes it panic)");
        });
        expect(owner.join().is_err() == (panics == 1), Kind::WrongAnswer, || {
            "the thread that dropped the batcher ended in another way than it should".into()
        });
        let after = now();
        expect_in_time("the drop ended", after, Duration::ZERO..=before + SOON, || {
            format!("the drop of a batcher whose handler is free took {:?}", after - before)
        });
        for receipt in receipts.lock().unwrap().drain(..) {
            expect_eq("the receipt of an item that was given up", receipt.wait(), Outcome::NeverTried);
        }
        expect_eq("the items that were handled", log.flat(), vec![]);
        every_thread_has_finished();
    });
}

/// Items, payloads, errors, and the handler.
fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and_two(0..3, 0..=6, 1..=3, 0..=1), |(fates, size, close)| {
        let (drops, handlers) = (Drops::new(), Drops::new());
        let captured = handlers.token();
        let options = Options { size, age: TICK * 2, limit: 6 };
        let parcels = Batcher::new(options, move |batch: Vec<(u64, _)>| {
            let _ = &captured;
            pause(TICK);
            match batch[0].0 {
                0 => Ok(()),
                1 => Err(Arc::new(batch)),
                _ => panic_any(batch),
            }
        });
        let mut receipts = Vec::new();
        for fate in &fates {
            receipts.extend(parcels.push((*fate, drops.token())));
            pause(TICK * *fate as u32);
        }
        if close == 1 {
            parcels.close();
            let refused = parcels.push((0, drops.token()));
            expect(refused.is_err(), Kind::WrongAnswer, || "`push` accepted an item after `close`".into());
        }
        if close == 1 {
            expect_eq("how many handlers are alive after `close`", handlers.alive(), 0);
        }
        drop(parcels);
        expect_eq("how many handlers are alive after the drop", handlers.alive(), 0);
        drop(receipts);
        expect_eq("how many items and payloads have not been dropped", drops.alive(), 0);
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.forall(input::triple(0..=4, 1..=3, 0..=3), |(items, size, end)| {
        let rows = rows(size, AGES[end % 2 * 2], 4, |batch| {
            pause(TICK);
            handle(&batch)
        });
        (0..items as u64).for_each(|row| drop(push(&rows, row + 6)));
        match end {
            0 => rows.close(),
            1 => drop(rows),
            2 => {
                rows.close();
                drop(rows);
            }
            _ => {
                rows.flush();
                drop(rows);
            }
        }
        every_thread_has_finished();
    });
}

thread_local! {
    /// Dropped when its thread ends.
    static ALIVE: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// The thread keeps a counted value until it ends. Nobody gives it time for that.
fn no_thread_outlives_its_batcher(check: &Check) {
    check.small("one item and a close", (1usize, 1usize));
    check.forall(input::pair(1..=3, 0..=3), |(items, closers)| {
        let threads = Drops::new();
        let given = threads.clone();
        let rows = rows(1, Duration::ZERO, 3, move |_| {
            let token = given.token();
            ALIVE.with(|alive| *alive.borrow_mut() = Some(Box::new(token)));
            Ok(())
        });
        (0..items as u64).for_each(|row| drop(push(&rows, row)));
        let none_is_left = |what: &str| {
            let left = threads.alive();
            expect(left == 0, Kind::LeakedThread, || {
                format!("{what} has returned, and {left} threads that called the handler have not ended")
            });
        };
        thread::scope(|scope| {
            for _ in 0..closers {
                scope.spawn(|| {
                    rows.close();
                    none_is_left("a `close`");
                });
            }
        });
        drop(rows);
        none_is_left("the drop");
    });
}

/// A way for the handler to its own batcher.
#[derive(Clone, Default)]
struct Own(Arc<OnceLock<Weak<Rows>>>);

impl Own {
    fn of(&self, rows: Rows) -> Arc<Rows> {
        let rows = Arc::new(rows);
        let _ = self.0.set(Arc::downgrade(&rows));
        rows
    }

    fn get(&self) -> Option<Arc<Rows>> {
        self.0.get().and_then(Weak::upgrade)
    }
}

/// A call in the handler, which must not wait.
fn no_wait<R>(what: &str, call: impl FnOnce() -> R) -> R {
    let before = now();
    let returned = call();
    let after = now();
    expect_in_time(&format!("`{what}` returned"), after, Duration::ZERO..=before + SOON, || {
        format!("in the handler, `{what}` took {:?}", after - before)
    });
    returned
}

fn the_handler_may_push_beyond_the_limit(check: &Check) {
    check.small("a push in the handler, and a limit of 1", (1usize, 1usize, 1usize));
    check.forall(input::triple(1..=2, 1..=3, 1..=9), |(size, items, way)| {
        let (more, fate) = (1 + (way - 1) % 3, (way - 1) / 3);
        let (own, log) = (Own::default(), Log::default());
        let (inner, noted) = (own.clone(), log.clone());
        let rows = own.of(rows(size, Duration::ZERO, size, move |batch| {
            noted.note(&batch);
            if let Some(rows) = inner.get() {
                for row in batch.iter().filter(|row| **row < 100) {
                    (1..=more as u64).for_each(|i| drop(no_wait("push", || push(&rows, 100 * i + row))));
                }
            }
            // Whatever becomes of the call, what was pushed in it is accepted.
            match fate {
                0 => Ok(()),
                1 => Err("the call is refused".to_owned()),
                _ => panic!("the call failed (the check makes it panic)"),
            }
        }));
        (0..items as u64).for_each(|row| drop(push(&rows, row)));
        // What was pushed first, then what the handler has pushed meanwhile.
        rows.flush();
        rows.flush();
        let wanted: Vec<_> =
            (0..=more as u64).flat_map(|i| (0..items as u64).map(move |row| 100 * i + row)).collect();
        expect_in_any_order("the items that were handled", &log.flat(), &wanted);
        rows.close();
    });
}

fn the_handler_may_flush(check: &Check) {
    check.forall(input::pair(2..=3, 1..=2), |(size, more)| {
        let (own, log) = (Own::default(), Log::default());
        let (inner, noted) = (own.clone(), log.clone());
        let rows = own.of(rows(size, Duration::MAX, size, move |batch| {
            noted.note(&batch);
            if batch[0] == 0
                && let Some(rows) = inner.get()
            {
                (0..more as u64).for_each(|i| drop(no_wait("push", || push(&rows, 100 + i))));
                no_wait("flush", || rows.flush());
            }
            Ok(())
        }));
        (0..size as u64).for_each(|row| drop(push(&rows, row)));
        pause(TICK);
        let wanted: Vec<_> = (0..size as u64).chain((0..more as u64).map(|i| 100 + i)).collect();
        expect(log.flat().len() >= wanted.len(), Kind::TooLate, || {
            format!("the handler has called `flush`, and only {:?} have been handled", log.batches())
        });
        expect_eq("the items that were handled", log.flat(), wanted);
    });
}

/// The handler asks for the end, and panics then or not. The owner closes too, or drops the batcher, or does nothing.
fn the_handler_may_close(check: &Check) {
    check.small("a close in the handler", (1usize, 0usize, 0usize));
    check.forall(input::triple(1..=2, 0..=2, 0..=11), |(size, waiting, way)| {
        let (end, pushes, panics) = (way % 3, way / 3 % 2, way >= 6);
        let (own, log, gate) = (Own::default(), Log::default(), Gate::new());
        let (inner, noted, held) = (own.clone(), log.clone(), gate.clone());
        let asked = Gate::new();
        let told = asked.clone();
        let rows = own.of(rows(size, Duration::MAX, 4, move |batch| {
            noted.note(&batch);
            if batch[0] == 0 {
                held.wait();
                if let Some(rows) = inner.get() {
                    (0..pushes as u64).for_each(|i| drop(no_wait("push", || push(&rows, 500 + i))));
                    no_wait("close", || rows.close());
                    expect(rows.push(1000).is_err(), Kind::WrongAnswer, || {
                        "the handler has called `close`, and its next `push` was accepted".into()
                    });
                }
                told.open();
                assert!(!panics, "the handler failed after a close (the check makes it panic)");
            }
            Ok(())
        }));
        let receipts: Vec<_> = (0..(size + waiting) as u64).map(|row| (row, push(&rows, row))).collect();
        gate.open();
        asked.wait();
        let all: Vec<_> =
            (0..(size + waiting) as u64).chain((0..pushes as u64).map(|i| 500 + i)).collect();
        match end {
            0 => rows.close(),
            // It may be the handler that drops the last one.
            1 => drop(rows),
            _ => {
                for _ in 0..100 {
                    if log.flat().len() < all.len() {
                        pause(TICK);
                    }
                }
                let handled = log.flat().len();
                expect(handled == all.len(), Kind::TooLate, || {
                    format!("the handler has called `close`, {} items were accepted, and seconds later {handled} have been handled", all.len())
                });
                expect(rows.push(1000).is_err(), Kind::WrongAnswer, || {
                    "the handler has called `close`, its call has ended, and a `push` was accepted".into()
                });
                drop(rows);
            }
        }
        for (row, receipt) in receipts {
            let first = log.batches()[0].contains(&row);
            expect_eq(
                "the receipt of an item that was accepted before the `close`",
                receipt.wait(),
                if first && panics { Outcome::Panicked } else { Outcome::Stored },
            );
        }
        expect_eq("the items that were handled", log.flat(), all);
        every_thread_has_finished();
    });
}

fn the_handler_may_drop_its_batcher(check: &Check) {
    check.small("a handler that drops its batcher", (1usize, 0usize));
    check.forall(input::pair(1..=2, 0..=3), |(size, waiting)| {
        let (slot, log, gate) = (Arc::<Mutex<Option<Rows>>>::default(), Log::default(), Gate::new());
        let (inner, noted, held) = (Arc::clone(&slot), log.clone(), gate.clone());
        let rows = rows(size, Duration::MAX, size + 3, move |batch| {
            noted.note(&batch);
            held.wait();
            let own = inner.lock().unwrap().take();
            no_wait("drop", || drop(own));
            Ok(())
        });
        let receipts: Vec<_> = (0..(size + waiting) as u64).map(|row| push(&rows, row)).collect();
        *slot.lock().unwrap() = Some(rows);
        gate.open();
        for (i, receipt) in receipts.into_iter().enumerate() {
            let wanted = if i < size { Outcome::Stored } else { Outcome::NeverTried };
            expect_eq(&format!("the receipt of {i}, when the handler dropped its batcher in its first call, with {size} items"), receipt.wait(), wanted);
        }
        expect_eq("the items that were handled", log.flat(), (0..size as u64).collect());
        every_thread_has_finished();
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and_two(0..10, 0..=4, 1..=3, 0..=3), |(numbers, size, age)| {
        let rows = rows(size, AGES[age], size, |batch| {
            pause(TICK * 3);
            handle(&batch)
        });
        pause(TICK);
        thread::scope(|scope| {
            for row in &numbers {
                let rows = &rows;
                scope.spawn(move || {
                    let receipt = push(rows, *row);
                    rows.flush();
                    receipt.wait();
                });
            }
        });
        pause(TICK);
        rows.close();
    });
}
