//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::cell::RefCell;
use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, expect_in_time, fail, input, now, panic_message, pause, settle};
use mail_room::{MailRoom, Outbox};

checks! {
    1 => every_letter_is_worked_on_once;
    1 => letters_in_the_queue_are_worked_on_after_closing;
    1 => answers_are_worked_on_after_closing;
    1 => two_rooms_keep_apart;
    2 => a_room_of_free_sorters_closes;
    2 => close_waits_for_every_letter;
    2 => close_returns_when_the_last_letter_ends simulated;
    3 => as_many_letters_at_once_as_there_are_sorters simulated;
    3 => a_free_sorter_begins_a_letter_at_once simulated;
    3 => free_sorters_begin_answers_after_closing simulated;
    3 => a_sorter_is_free_again_after_a_panic simulated;
    3 => never_more_letters_at_once_than_sorters;
    3 => post_waits_for_no_letter simulated;
    3 => post_waits_for_no_room;
    3 => no_sorters_is_a_panic;
    4 => letters_that_panic_cost_no_other_letter;
    5 => a_dropped_room_works_on_every_letter;
    5 => a_dropped_room_does_not_panic;
    6 => everything_is_dropped;
    6 => no_thread_outlives_its_room;
    7 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// More than a queue of any usual size has room for.
const MANY: usize = 1_100;
/// How long a room has nothing to do, so that no sorter takes that for the end.
const IDLE: [Duration; 3] = [Duration::ZERO, Duration::from_secs(60), Duration::from_hours(24)];

/// A letter: how long it takes, and the letters that answer it.
#[derive(Debug)]
struct Letter {
    ticks: u32,
    answers: Vec<Letter>,
}

/// A letter from a number: the number of its answers, of the answers to these, and how long it takes.
fn letter(n: u64) -> Letter {
    let plain = |ticks| Letter { ticks, answers: Vec::new() };
    let answers = match n % 4 {
        0 => Vec::new(),
        1 => vec![plain(0)],
        2 => vec![plain(1), plain(0)],
        _ => vec![Letter { ticks: 1, answers: vec![plain(0)] }],
    };
    Letter { ticks: (n / 4 % 3) as u32, answers }
}

/// How many letters there are in the end.
fn count(letter: &Letter) -> usize {
    1 + letter.answers.iter().map(count).sum::<usize>()
}

type Work<L> = Box<dyn Fn(L, &Outbox<L>) + Send + Sync>;

/// Compiled once, whatever the work is.
fn open(sorters: usize, work: impl Fn(Letter, &Outbox<Letter>) + Send + Sync + 'static) -> MailRoom<Letter> {
    let work: Work<Letter> = Box::new(work);
    MailRoom::open(sorters, work)
}

/// A room whose letters take their time, are counted, and then answered.
fn counting(sorters: usize, meter: &Meter) -> MailRoom<Letter> {
    let meter = meter.clone();
    open(sorters, move |letter, outbox| {
        let _inside = meter.enter();
        meter.at_most(sorters, "letters");
        pause(TICK * letter.ticks);
        letter.answers.into_iter().for_each(|answer| outbox.post(answer));
    })
}

fn close<L: Send + 'static>(room: MailRoom<L>) -> usize {
    match catch(|| room.close()) {
        Ok(count) => count,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(Kind::Panicked, format!("`close` panicked with {message:?}, and no letter did"))
        }
    }
}

/// Closes a room in which so many letters are worked on in the end.
fn close_after(room: MailRoom<Letter>, wanted: usize, meter: &Meter) {
    let closed = close(room);
    expect(meter.inside() == 0, Kind::TooEarly, || {
        format!("`close` has returned, and {} letters are still being worked on", meter.inside())
    });
    every_thread_has_finished();
    expect_eq("how many letters were worked on", meter.entered(), wanted);
    expect_eq("what `close` returned", closed, wanted);
}

fn every_letter_is_worked_on_once(check: &Check) {
    check.small("2 letters and 2 sorters", (vec![0u64, 1], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..3, 0..=6, 1..=4, 0..=2), |(numbers, sorters, idle)| {
        let seen = Arc::<Mutex<Vec<usize>>>::default();
        let noted = Arc::clone(&seen);
        let work: Work<(usize, u64)> = Box::new(move |(i, n), _| {
            pause(TICK * n as u32);
            noted.lock().unwrap().push(i);
        });
        let room = MailRoom::open(sorters, work);
        numbers.iter().enumerate().for_each(|(i, n)| room.post((i, *n)));
        // In the last case, all letters have been worked on before.
        pause(10 * TICK * idle as u32);
        let closed = close(room);
        let wanted: Vec<_> = (0..numbers.len()).collect();
        expect_in_any_order("the letters that were worked on", &seen.lock().unwrap(), &wanted);
        expect_eq("what `close` returned", closed, numbers.len());
    });
}

fn letters_in_the_queue_are_worked_on_after_closing(check: &Check) {
    check.small("2 letters and 1 sorter", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..3, 0..=7, 1..=3), |(numbers, sorters)| {
        let meter = Meter::new();
        let room = counting(sorters, &meter);
        numbers.iter().for_each(|n| room.post(letter(4 * n)));
        close_after(room, numbers.len(), &meter);
    });
}

fn answers_are_worked_on_after_closing(check: &Check) {
    check.small("a letter that is answered, and 2 sorters", (vec![1u64], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..12, 0..=5, 1..=3, 0..=2), |(numbers, sorters, ticks)| {
        let meter = Meter::new();
        let room = counting(sorters, &meter);
        numbers.iter().for_each(|n| room.post(letter(*n)));
        pause(TICK * ticks as u32 / 2);
        close_after(room, numbers.iter().map(|n| count(&letter(*n))).sum(), &meter);
    });
}

/// The first one is held up, and its letters may panic before or after the second one is closed.
fn two_rooms_keep_apart(check: &Check) {
    let inputs = input::numbers_and_two(0..5, 2..=2, 1..=3, 0..=2);
    check.forall(inputs, |(letters, sorters, panics)| {
        let (one, other) = (letters[0] as usize, letters[1] as usize);
        let (gate, meters) = (Gate::new(), [Meter::new(), Meter::new()]);
        let (held, watched) = (gate.clone(), meters[0].clone());
        let first = open(sorters, move |_, _| {
            let _inside = watched.enter();
            if panics != 1 {
                held.wait();
            }
            assert!(panics == 0, "a letter of the first room failed (the check makes it panic)");
        });
        let second = counting(sorters, &meters[1]);
        (0..one).for_each(|_| first.post(letter(0)));
        pause(TICK);
        (0..other).for_each(|_| second.post(letter(0)));
        expect_eq("what `close` of the second room returned", close(second), other);
        gate.open();
        if panics == 0 || one == 0 {
            return close_after(first, one, &meters[0]);
        }
        let closed = catch(|| first.close());
        expect(closed.is_err(), Kind::SwallowedPanic, || {
            "every letter of the first of two rooms panicked, and its `close` returned".into()
        });
        expect_eq("how many letters of the first room were worked on", meters[0].entered(), one);
    });
}

fn a_room_of_free_sorters_closes(check: &Check) {
    check.small("2 free sorters", (0usize, 2usize, 0usize));
    check.forall(input::triple(0..=3, 1..=4, 0..=2), |(letters, sorters, idle)| {
        let meter = Meter::new();
        let room = counting(sorters, &meter);
        (0..letters).for_each(|_| room.post(letter(2)));
        pause(4 * TICK * letters as u32 + 10 * TICK * idle as u32);
        close_after(room, letters * count(&letter(2)), &meter);
    });
}

fn close_waits_for_every_letter(check: &Check) {
    check.forall(input::numbers_and(0..12, 1..=6, 1..=3), |(numbers, sorters)| {
        let meter = Meter::new();
        let room = counting(sorters, &meter);
        numbers.iter().for_each(|n| room.post(letter(4 + *n)));
        pause(TICK / 2);
        close_after(room, numbers.iter().map(|n| count(&letter(4 + *n))).sum(), &meter);
    });
}

/// The letters and their answers wait at a gate. Time does not move between the end of the last one and the look.
fn close_returns_when_the_last_letter_ends(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 0..=3), |(sorters, letters, number)| {
        let (gate, closed, meter) = (Gate::new(), Meter::new(), Meter::new());
        let (held, watched, counted) = (gate.clone(), meter.clone(), closed.clone());
        let room = open(sorters, move |letter, outbox| {
            let _inside = watched.enter();
            held.wait();
            letter.answers.into_iter().for_each(|answer| outbox.post(answer));
        });
        (0..letters).for_each(|_| room.post(letter(number as u64)));
        pause(TICK);
        let closing = thread::spawn(move || {
            close(room);
            drop(counted.enter());
        });
        pause(TICK);
        expect(closed.entered() == 0, Kind::TooEarly, || {
            "`close` has returned while letters were worked on".into()
        });
        gate.open();
        settle();
        expect(closed.entered() == 1, Kind::TooLate, || {
            "every letter has been worked on, and `close` has not returned".into()
        });
        expect_eq(
            "how many letters were worked on",
            meter.entered(),
            letters * count(&letter(number as u64)),
        );
        closing.join().unwrap();
    });
}

fn as_many_letters_at_once_as_there_are_sorters(check: &Check) {
    check.forall(input::hundred_and(1..=6, 0..=2), |(sorters, idle)| {
        let (gate, meter) = (Gate::new(), Meter::new());
        let (held, watched) = (gate.clone(), meter.clone());
        let room = open(sorters, move |_, _| {
            let _inside = watched.enter();
            held.wait();
        });
        pause(IDLE[idle]);
        (0..sorters).for_each(|_| room.post(letter(0)));
        settle();
        let inside = meter.inside();
        expect(inside == sorters, Kind::Sequential, || {
            format!("{sorters} letters should be worked on at once by {sorters} sorters, and {inside} are")
        });
        gate.open();
        close_after(room, sorters, &meter);
    });
}

/// Letters come one at a time, with time between them. After each, all is at rest.
fn a_free_sorter_begins_a_letter_at_once(check: &Check) {
    check.forall(input::numbers_and(0..12, 1..=6, 1..=3), |(numbers, sorters)| {
        let meter = Meter::new();
        let room = counting(sorters, &meter);
        for (i, n) in numbers.iter().enumerate() {
            room.post(letter(4 * (n / 4)));
            settle();
            let (inside, waiting) = (meter.inside(), i + 1 - meter.entered());
            expect(waiting == 0 || inside == sorters, Kind::Sequential, || {
                format!("a sorter is free while a letter waits: {inside} worked on, {waiting} waiting, {sorters} sorters")
            });
            pause(TICK * (n % 4) as u32);
        }
        close_after(room, numbers.len(), &meter);
    });
}

/// One letter is worked on when the room is closed, and the other sorters are free. Then its answers come, and the letter is
/// finished or not.
fn free_sorters_begin_answers_after_closing(check: &Check) {
    check.small("a letter with 2 answers, and 2 sorters", (2usize, 2usize, 0usize));
    check.forall(input::triple(1..=4, 1..=4, 0..=1), |(sorters, answers, stays)| {
        let (first, second, meter) = (Gate::new(), Gate::new(), Meter::new());
        let (opens, held, watched) = (first.clone(), second.clone(), meter.clone());
        let room = open(sorters, move |letter, outbox| {
            if letter.answers.is_empty() {
                let _inside = watched.enter();
                held.wait();
                return;
            }
            opens.wait();
            letter.answers.into_iter().for_each(|answer| outbox.post(answer));
            if stays == 1 {
                held.wait();
            }
        });
        let plain = |_| Letter { ticks: 0, answers: Vec::new() };
        room.post(Letter { ticks: 0, answers: (0..answers).map(plain).collect() });
        pause(TICK);
        let closing = thread::spawn(move || close(room));
        pause(TICK);
        first.open();
        settle();
        let free = sorters - stays;
        let (inside, wanted) = (meter.inside(), answers.min(free));
        expect(inside == wanted, Kind::Sequential, || {
            format!("after closing, a letter was answered: {wanted} of its {answers} answers should be worked on at once by {free} free sorters, and {inside} are")
        });
        second.open();
        expect_eq("what `close` returned", closing.join().ok(), Some(answers + 1));
        every_thread_has_finished();
    });
}

/// Some letters panic. After that all sorters are free, and get a letter each.
fn a_sorter_is_free_again_after_a_panic(check: &Check) {
    check.forall(input::pair(1..=4, 1..=4), |(sorters, panics)| {
        let (gate, meter) = (Gate::new(), Meter::new());
        let (held, watched) = (gate.clone(), meter.clone());
        let room = open(sorters, move |letter, _| {
            assert!(letter.ticks == 0, "this letter failed (the check makes it panic)");
            let _inside = watched.enter();
            held.wait();
        });
        (0..panics).for_each(|_| room.post(Letter { ticks: 1, answers: Vec::new() }));
        pause(TICK);
        (0..sorters).for_each(|_| room.post(letter(0)));
        settle();
        let inside = meter.inside();
        expect(inside == sorters, Kind::Sequential, || {
            format!("after some letters had panicked, {sorters} sorters were free and as many letters were posted; {inside} began")
        });
        gate.open();
        let closed = catch(|| room.close());
        expect(closed.is_err(), Kind::SwallowedPanic, || "a letter panicked, and `close` returned".into());
        every_thread_has_finished();
    });
}

fn never_more_letters_at_once_than_sorters(check: &Check) {
    check.small("2 letters, answers to them, and 1 sorter", (vec![1u64, 1], 1usize));
    check.forall(input::numbers_and(0..12, 0..=7, 1..=3), |(numbers, sorters)| {
        let meter = Meter::new();
        let room = counting(sorters, &meter);
        thread::scope(|scope| {
            for half in numbers.chunks(4) {
                let room = &room;
                scope.spawn(move || half.iter().for_each(|n| room.post(letter(*n))));
            }
        });
        close_after(room, numbers.iter().map(|n| count(&letter(*n))).sum(), &meter);
    });
}

fn post_waits_for_no_letter(check: &Check) {
    check.forall(input::pair(1..=3, 1..=6), |(sorters, letters)| {
        let (gate, meter) = (Gate::new(), Meter::new());
        let (held, watched) = (gate.clone(), meter.clone());
        let room = open(sorters, move |letter, outbox| {
            let _inside = watched.enter();
            let before = now();
            letter.answers.into_iter().for_each(|answer| outbox.post(answer));
            let after = now();
            expect_in_time("`post` of an outbox returned", after, Duration::ZERO..=before + SOON, || {
                format!("`post` of an outbox took {:?}", after - before)
            });
            held.wait();
        });
        for _ in 0..letters {
            let before = now();
            room.post(letter(2));
            let after = now();
            expect_in_time("`post` returned", after, Duration::ZERO..=before + SOON, || {
                format!("`post` took {:?} while letters were worked on", after - before)
            });
            pause(TICK);
        }
        gate.open();
        close_after(room, letters * count(&letter(2)), &meter);
    });
}

/// Letters are posted while no sorter takes one out of the queue, by the owner or as answers to one letter.
fn post_waits_for_no_room(check: &Check) {
    check.forall(input::triple(1..=3, 1..=24, 0..=1), |(sorters, letters, answers)| {
        let letters = if letters == 24 { MANY } else { letters };
        let (gate, meter) = (Gate::new(), Meter::new());
        let (held, watched) = (gate.clone(), meter.clone());
        let room = open(sorters, move |letter, outbox| {
            let _inside = watched.enter();
            held.wait();
            letter.answers.into_iter().for_each(|answer| outbox.post(answer));
        });
        let plain = |_| Letter { ticks: 0, answers: Vec::new() };
        if answers == 1 {
            room.post(Letter { ticks: 0, answers: (0..letters).map(plain).collect() });
        } else {
            (0..letters).map(plain).for_each(|letter| room.post(letter));
        }
        gate.open();
        close_after(room, letters + answers, &meter);
    });
}

fn no_sorters_is_a_panic(check: &Check) {
    check.schedules(|| {
        let outcome = catch(|| drop(open(0, |_, _| ())));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 sorters `open` should panic, and it returned".into()
        });
        every_thread_has_finished();
    });
}

/// A payload that is no text.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Odd(u64);

/// A room with a letter for each number. Every third number panics, with one of three payloads. A letter posts its answer
/// before it panics.
fn panicking(sorters: usize, numbers: &[u64], meter: &Meter) -> MailRoom<u64> {
    let watched = meter.clone();
    let work: Work<u64> = Box::new(move |n, outbox| {
        let _inside = watched.enter();
        pause(TICK * (n % 2) as u32);
        if n < 100 {
            outbox.post(100);
        }
        match n {
            1 => panic!("no number in it"),
            4 => panic!("{n} failed (the check makes it panic)"),
            7 => panic_any(Odd(n)),
            _ => (),
        }
    });
    let room = MailRoom::open(sorters, work);
    numbers.iter().for_each(|n| room.post(*n));
    room
}

fn letters_that_panic_cost_no_other_letter(check: &Check) {
    check.small("a letter that panics, a letter after it, and 1 sorter", (vec![1u64, 0], 1usize));
    check.forall(input::numbers_and(0..9, 0..=6, 1..=3), |(numbers, sorters)| {
        let meter = Meter::new();
        let room = panicking(sorters, &numbers, &meter);
        let panics: Vec<u64> = numbers.iter().copied().filter(|n| n % 3 == 1).collect();
        let outcome = catch(|| room.close());
        every_thread_has_finished();
        expect_eq("how many letters were worked on", meter.entered(), 2 * numbers.len());
        match outcome {
            Ok(count) => {
                expect(panics.is_empty(), Kind::SwallowedPanic, || {
                    "a letter panicked, and `close` returned".into()
                });
                expect_eq("what `close` returned", count, 2 * numbers.len());
            }
            Err(payload) => {
                let number = match (payload.downcast_ref::<Odd>(), panic_message(&*payload)) {
                    (Some(odd), _) => odd.0,
                    (_, Some("no number in it")) => 1,
                    (_, Some("4 failed (the check makes it panic)")) => 4,
                    (_, other) => fail(
                        Kind::WrongAnswer,
                        format!("`close` panicked with a payload of its own: {other:?}"),
                    ),
                };
                expect(panics.contains(&number), Kind::WrongAnswer, || {
                    format!("`close` panicked with the payload of letter {number}, which did not panic")
                });
            }
        }
    });
}

fn a_dropped_room_does_not_panic(check: &Check) {
    check.forall(input::numbers_and(0..9, 0..=6, 1..=3), |(numbers, sorters)| {
        let meter = Meter::new();
        let room = panicking(sorters, &numbers, &meter);
        let outcome = catch(|| drop(room));
        expect(outcome.is_ok(), Kind::Panicked, || {
            "letters panicked, and so did the drop of their room".into()
        });
        every_thread_has_finished();
        expect_eq("how many letters were worked on", meter.entered(), 2 * numbers.len());
    });
}

fn a_dropped_room_works_on_every_letter(check: &Check) {
    check.small("a room that is dropped with a letter, and 1 sorter", (vec![1u64], 1usize, 0usize));
    check.forall(input::numbers_and_two(0..12, 0..=5, 1..=3, 0..=2), |(numbers, sorters, how)| {
        let meter = Meter::new();
        let room = counting(sorters, &meter);
        numbers.iter().for_each(|n| room.post(letter(*n)));
        match how {
            0 => drop(room),
            1 => {
                pause(30 * TICK);
                drop(room);
            }
            _ => {
                let owner = thread::spawn(move || {
                    let _room = room;
                    panic!("the owner failed (the check makes it panic)");
                });
                expect(owner.join().is_err(), Kind::SwallowedPanic, || {
                    "the owner of the room panicked, and is not told".into()
                });
            }
        }
        expect(meter.inside() == 0, Kind::TooEarly, || {
            format!("the room has been dropped, and {} letters are still being worked on", meter.inside())
        });
        every_thread_has_finished();
        let wanted = numbers.iter().map(|n| count(&letter(*n))).sum();
        expect_eq("how many letters were worked on", meter.entered(), wanted);
    });
}

/// Letters, payloads, and what `work` has captured.
fn everything_is_dropped(check: &Check) {
    check.forall(input::numbers_and_two(0..3, 0..=5, 1..=3, 0..=1), |(numbers, sorters, end)| {
        let drops = Drops::new();
        let (captured, called) = (drops.token(), Arc::<AtomicUsize>::default());
        let counted = Arc::clone(&called);
        let work: Work<(u64, Box<dyn Send>)> = Box::new(move |(n, token), outbox| {
            let _ = &captured;
            counted.fetch_add(1, Ordering::SeqCst);
            match n {
                0 => drop(token),
                1 => outbox.post((0, token)),
                _ => panic_any(token),
            }
        });
        let room = MailRoom::open(sorters, work);
        numbers.iter().for_each(|n| room.post((*n, Box::new(drops.token()))));
        if end == 1 {
            drop(room);
        } else {
            drop(catch(|| room.close()));
        }
        settle();
        expect_eq("how many letters, payloads and captured values are not dropped", drops.alive(), 0);
        let answers = numbers.iter().filter(|n| **n == 1).count();
        expect_eq("how many letters were worked on", called.load(Ordering::SeqCst), numbers.len() + answers);
    });
}

thread_local! {
    /// Dropped when its thread ends.
    static ALIVE: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Every sorter keeps a counted value until it ends. Nobody gives it time for that.
fn no_thread_outlives_its_room(check: &Check) {
    check.small("one letter, 1 sorter and a close", (1usize, 1usize, 0usize));
    check.forall(input::triple(1..=4, 1..=3, 0..=1), |(letters, sorters, drops)| {
        let threads = Drops::new();
        let given = threads.clone();
        let room = open(sorters, move |_, _| {
            let token = given.token();
            ALIVE.with(|alive| *alive.borrow_mut() = Some(Box::new(token)));
        });
        (0..letters).for_each(|_| room.post(letter(0)));
        if drops == 1 {
            drop(room);
        } else {
            close(room);
        }
        let left = threads.alive();
        expect(left == 0, Kind::LeakedThread, || {
            format!("the room is closed, and {left} threads that worked on letters have not ended")
        });
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::triple(1..=3, 0..=4, 0..=3), |(sorters, letters, number)| {
        let (gate, meter) = (Gate::new(), Meter::new());
        let (held, watched) = (gate.clone(), meter.clone());
        let room = open(sorters, move |letter, outbox| {
            let _inside = watched.enter();
            held.wait();
            letter.answers.into_iter().for_each(|answer| outbox.post(answer));
        });
        settle();
        (0..letters).for_each(|_| room.post(letter(number as u64)));
        settle();
        let closing = thread::spawn(move || close(room));
        // Whatever waits now has nothing to do until the gate opens.
        settle();
        pause(TICK);
        settle();
        gate.open();
        let wanted = letters * count(&letter(number as u64));
        expect_eq("what `close` returned", closing.join().ok(), Some(wanted));
    });
}
