//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use closing_time::Crew;
use harness::{Check, Drops, Gate, Kind, Meter, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, expect_in_time, input, now, pause, settle, threads_alive};

checks! {
    1 => every_item_is_worked_on_once;
    1 => items_are_counted_and_dropped;
    1 => two_crews_keep_apart;
    2 => idle_workers_end;
    2 => any_number_of_workers_ends simulated;
    2 => busy_workers_end;
    2 => nothing_of_a_worker_is_left;
    2 => close_returns_when_the_last_worker_ends simulated;
    3 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// Numbers of workers and of items for which a program may count too little.
const MANY: [usize; 4] = [65, 101, 256, 300];

fn every_item_is_worked_on_once(check: &Check) {
    check.small("2 items and 2 workers", (vec![0u64, 1], 2usize));
    check.forall(input::numbers_and(0..3, 0..=7, 1..=4), |(numbers, workers)| {
        let seen = Arc::<Mutex<Vec<usize>>>::default();
        let noted = Arc::clone(&seen);
        let crew = Crew::start(workers, move |(i, n): (usize, u64)| {
            pause(TICK * n as u32);
            noted.lock().unwrap().push(i);
        });
        numbers.iter().enumerate().for_each(|(i, n)| crew.send((i, *n)));
        let closed = crew.close();
        let wanted: Vec<_> = (0..numbers.len()).collect();
        expect_in_any_order("the items that were worked on", &seen.lock().unwrap(), &wanted);
        expect_eq("what `close` returned", closed, numbers.len());
    });
}

/// An item that is neither `Clone` nor `Copy`, and is counted when it is dropped.
fn items_are_counted_and_dropped(check: &Check) {
    check.forall(input::pair(0..=5, 1..=3), |(items, workers)| {
        let drops = Drops::new();
        let crew = Crew::start(workers, |token: Box<dyn Send>| drop(token));
        (0..items).for_each(|_| crew.send(Box::new(drops.token())));
        expect_eq("what `close` returned", crew.close(), items);
        expect_eq("how many items are not dropped", drops.alive(), 0);
    });
}

fn two_crews_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 0..=4, 0..=4), |(workers, one, other)| {
        let first = Crew::start(workers, |_: usize| pause(TICK));
        let second = Crew::start(2, |_: usize| ());
        (0..one).for_each(|i| first.send(i));
        (0..other).for_each(|i| second.send(i));
        expect_eq("what `close` of the second crew returned", second.close(), other);
        expect_eq("what `close` of the first crew returned", first.close(), one);
        every_thread_has_finished();
    });
}

fn idle_workers_end(check: &Check) {
    check.small("2 idle workers", (0usize, 2usize));
    check.forall(input::pair(0..=4, 1..=5), |(items, workers)| {
        let crew = Crew::start(workers, |_: usize| ());
        (0..items).for_each(|i| crew.send(i));
        // All is done, and every worker waits for a message.
        pause(10 * TICK);
        expect_eq("what `close` returned", crew.close(), items);
        every_thread_has_finished();
    });
}

/// `close` is called on another thread, so that a worker that waits for ever is told in one sentence.
fn any_number_of_workers_ends(check: &Check) {
    check.forall(input::pair(0..=24, 1..=24), |(items, workers)| {
        let [items, workers] = [items, workers].map(|n| if n > 20 { MANY[n - 21] } else { n });
        let crew = Crew::start(workers, |_: usize| ());
        (0..items).for_each(|i| crew.send(i));
        pause(TICK);
        let closing = std::thread::spawn(move || crew.close());
        let left = threads_alive();
        expect(left == 0, Kind::TooLate, || {
            format!(
                "`close` was called when nothing was left to do, and {} of {workers} workers did not end",
                (left - 1).clamp(1, workers)
            )
        });
        expect_eq("what `close` returned", closing.join().ok(), Some(items));
    });
}

fn busy_workers_end(check: &Check) {
    check.forall(input::numbers_and(0..4, 1..=7, 1..=4), |(numbers, workers)| {
        let meter = Meter::new();
        let watched = meter.clone();
        let crew = Crew::start(workers, move |n: u64| {
            let _inside = watched.enter();
            pause(TICK + TICK * n as u32);
        });
        numbers.iter().for_each(|n| crew.send(*n));
        pause(TICK / 2);
        let closed = crew.close();
        expect(meter.inside() == 0, Kind::TooEarly, || {
            format!("`close` has returned, and {} items are still being worked on", meter.inside())
        });
        expect_eq("what `close` returned", closed, numbers.len());
        every_thread_has_finished();
    });
}

thread_local! {
    /// Dropped when its thread ends.
    static ALIVE: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// `work` has a counted value, and so has each thread that has worked on an item.
fn nothing_of_a_worker_is_left(check: &Check) {
    check.small("1 item and 2 workers", (1usize, 2usize));
    check.forall(input::pair(0..=5, 1..=4), |(items, workers)| {
        let (captured, threads) = (Drops::new(), Drops::new());
        let (token, counted) = (captured.token(), threads.clone());
        let crew = Crew::start(workers, move |_: usize| {
            let _ = &token;
            ALIVE.with_borrow_mut(|alive| {
                alive.get_or_insert_with(|| Box::new(counted.token()));
            });
        });
        (0..items).for_each(|i| crew.send(i));
        expect_eq("what `close` returned", crew.close(), items);
        // Right after the return, before any other thread has had time for more.
        let (captured, threads) = (captured.alive(), threads.alive());
        expect(captured == 0, Kind::TooEarly, || {
            "`close` has returned, and what `work` captured is not dropped: a worker has not ended".into()
        });
        expect(threads == 0, Kind::TooEarly, || {
            format!("`close` has returned, and {threads} threads of workers have not ended")
        });
    });
}

/// The last item waits at a gate. Time does not move between its end and the look.
fn close_returns_when_the_last_worker_ends(check: &Check) {
    check.forall(input::pair(1..=4, 0..=3), |(workers, idle)| {
        let (gate, closed) = (Gate::new(), Meter::new());
        let (held, counted) = (gate.clone(), closed.clone());
        let crew = Crew::start(workers, move |_: usize| held.wait());
        (0..workers.saturating_sub(idle).max(1)).for_each(|i| crew.send(i));
        pause(TICK);
        let closing = std::thread::spawn(move || {
            crew.close();
            let _inside = counted.enter();
        });
        pause(TICK);
        expect(closed.entered() == 0, Kind::TooEarly, || {
            "`close` has returned while items were worked on".into()
        });
        let before = now();
        gate.open();
        settle();
        expect(closed.entered() == 1, Kind::TooLate, || {
            format!("all items have been worked on for {:?}, and `close` has not returned", now() - before)
        });
        let after = now();
        expect_in_time("`close` returned", after, Duration::ZERO..=before + SOON, || {
            format!("all items have been worked on, and `close` took {:?} more", after - before)
        });
        closing.join().unwrap();
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::pair(0..=4, 1..=3), |(items, workers)| {
        let gate = Gate::new();
        let held = gate.clone();
        let crew = Crew::start(workers, move |_: usize| held.wait());
        (0..items).for_each(|i| crew.send(i));
        let closing = std::thread::spawn(move || crew.close());
        // Whatever waits now has nothing to do until the gate opens.
        settle();
        pause(TICK);
        settle();
        gate.open();
        expect_eq("what `close` returned", closing.join().ok(), Some(items));
    });
}
