//! The contract of README.md, a check or more for each clause.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use harness::{Check, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, fail, input, now, pause};
use seed_trays::count_all;

checks! {
    1 => counts_come_in_the_order_of_the_photos;
    1 => each_photo_is_counted_once;
    1 => two_calls_at_once_are_independent;
    2 => as_many_rounds_as_the_photos_need simulated;
    2 => two_calls_at_once_do_not_wait_for_each_other simulated;
    3 => at_most_as_many_photos_as_workers_are_in_progress;
    3 => no_workers_is_a_panic;
    4 => any_number_of_photos;
    4 => many_photos;
    5 => a_photo_that_panics_panics_the_call;
    5 => the_call_after_one_that_panicked_is_as_any_other;
    6 => nothing_is_left_after_the_call;
    7 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(200);
/// The 50 ms that a clause grants, and a little for the clock.
const SOON: Duration = Duration::from_millis(60);

fn counts_come_in_the_order_of_the_photos(check: &Check) {
    check.small("2 photos and 2 workers", (vec![0u64, 0], 2usize));
    check.forall(input::numbers_and(0..4, 1..=7, 1..=4), |(photos, workers)| {
        let photos: Vec<_> = photos.into_iter().enumerate().collect();
        let count = |(place, ticks): &(usize, u64)| {
            pause(TICK * *ticks as u32);
            (*place, ticks / 2)
        };
        let wanted = photos.iter().map(|(place, ticks)| (*place, ticks / 2)).collect();
        expect_eq("the counts, each with the place of its photo", count_all(&photos, workers, count), wanted);
    });
}

fn each_photo_is_counted_once(check: &Check) {
    /// A photo is not `Clone`, and a count is not `Debug`.
    struct Photo(u64);
    struct Count(u64);
    check.forall(input::numbers_and(0..3, 1..=6, 1..=4), |(seedlings, workers)| {
        let photos: Vec<_> = seedlings.iter().copied().map(Photo).collect();
        let called = Mutex::new(Vec::new());
        let counts = count_all(&photos, workers, |photo| {
            called.lock().unwrap().push(photo.0);
            Count(photo.0 + 1)
        });
        let counts: Vec<_> = counts.into_iter().map(|count| count.0 - 1).collect();
        expect_eq("the counts, each less one", &counts, &seedlings);
        let called = called.into_inner().unwrap();
        expect_in_any_order("the photos that `count` was called for", &called, &seedlings);
    });
}

fn two_calls_at_once_are_independent(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(one, other, workers)| {
        let call = |photos: usize| {
            let photos: Vec<usize> = (0..photos).collect();
            let wanted = photos.iter().map(|photo| 10 * photo).collect();
            let counts = count_all(&photos, workers, |photo| 10 * photo);
            expect_eq("the counts of one of two concurrent calls", counts, wanted);
        };
        thread::scope(|scope| {
            scope.spawn(|| call(one));
            call(other);
        });
    });
}

/// A number of things.
fn some(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Photos that each take one tick.
fn rounds(photos: usize, workers: usize) {
    let (start, meter) = (now(), Meter::new());
    let photos: Vec<usize> = (0..photos).collect();
    count_all(&photos, workers, |_| {
        let _inside = meter.enter();
        pause(TICK);
    });
    let (took, rounds) = (now() - start, photos.len().div_ceil(workers));
    expect(took <= (TICK + SOON) * rounds as u32, Kind::Sequential, || {
        format!(
            "{} of {TICK:?} each and {} make {}, which should take {:?}; the call took {took:?}, with {} of `count`, and at most {} in progress at once",
            some(photos.len(), "photo"),
            some(workers, "worker"),
            some(rounds, "round"),
            TICK * rounds as u32,
            some(meter.entered(), "call"),
            some(meter.peak(), "photo")
        )
    });
}

fn as_many_rounds_as_the_photos_need(check: &Check) {
    check.small("2 photos and 2 workers", (2usize, 2usize));
    check.forall(input::pair_or_crowd(1..=12, 1..=8), |(photos, workers)| rounds(photos, workers));
}

fn two_calls_at_once_do_not_wait_for_each_other(check: &Check) {
    check.forall(input::triple(1..=4, 1..=4, 1..=3), |(one, other, workers)| {
        thread::scope(|scope| {
            scope.spawn(|| rounds(one, workers));
            rounds(other, workers);
        });
    });
}

fn at_most_as_many_photos_as_workers_are_in_progress(check: &Check) {
    check.small("3 photos and 2 workers", (vec![1u64, 1, 1], 2usize));
    check.forall(input::numbers_and(0..4, 1..=11, 1..=5), |(photos, workers)| {
        let meter = Meter::new();
        count_all(&photos, workers, |ticks| {
            let _inside = meter.enter();
            meter.at_most(workers, "photos");
            pause(TICK * *ticks as u32);
        });
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=3), |photos| {
        let meter = Meter::new();
        let photos: Vec<usize> = (0..photos).collect();
        let outcome = catch(|| count_all(&photos, 0, |_| drop(meter.enter())));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            format!(
                "with {} and 0 workers the call should panic, and it returned",
                some(photos.len(), "photo")
            )
        });
        expect_eq("the calls of `count` with 0 workers", meter.entered(), 0);
    });
}

fn any_number_of_photos(check: &Check) {
    check.small("no photo and 2 workers", (0usize, 2usize));
    check.forall(input::pair(0..=9, 1..=9), |(photos, workers)| {
        let photos: Vec<usize> = (0..photos).collect();
        let counts = count_all(&photos, workers, |photo| photo + 1);
        expect_eq("the counts", counts, (1..=photos.len()).collect());
    });
}

fn many_photos(check: &Check) {
    check.forall(input::many_and(65..=300, 1..=9), |(photos, workers)| {
        let photos: Vec<usize> = (0..photos).collect();
        let counts = count_all(&photos, workers, |photo| photo + 1);
        expect_eq(&format!("the number of counts of {} photos", photos.len()), counts.len(), photos.len());
        // Not the whole list: nobody would read it.
        for (i, count) in counts.into_iter().enumerate() {
            expect_eq(&format!("the count of photo {i} of {}", photos.len()), count, i + 1);
        }
    });
}

fn nothing_is_left(meter: &Meter) {
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the call has ended, and photos are still in progress: {}", meter.inside())
    });
    every_thread_has_finished();
}

fn panics(ticks: &[u64], workers: usize, bad: usize) {
    let (meter, bad, panicked) = (Meter::new(), bad % ticks.len(), Meter::new());
    let photos: Vec<_> = ticks.iter().copied().enumerate().collect();
    let count = |(place, ticks): &(usize, u64)| {
        let _inside = meter.enter();
        pause(TICK * *ticks as u32);
        if *place == bad {
            drop(panicked.enter());
            panic!("photo {place} is blurred (the check makes it panic)");
        }
        *place
    };
    if let Ok(counts) = catch(|| count_all(&photos, workers, count)) {
        expect(panicked.entered() > 0, Kind::WrongAnswer, || {
            format!(
                "`count` panics for photo {bad}, it was never called for it, and the call returned {counts:?}"
            )
        });
        fail(Kind::SwallowedPanic, format!("`count` panicked for a photo, and the call returned {counts:?}"));
    }
    nothing_is_left(&meter);
}

fn a_photo_that_panics_panics_the_call(check: &Check) {
    check.small("2 photos, one of which panics, and 2 workers", (vec![0u64, 0], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..4, 1..=6, 1..=4, 0..=5), |(ticks, workers, bad)| {
        panics(&ticks, workers, bad);
    });
}

fn the_call_after_one_that_panicked_is_as_any_other(check: &Check) {
    check.forall(input::triple(1..=4, 0..=4, 1..=3), |(blurred, photos, workers)| {
        panics(&vec![0; blurred], workers, 0);
        let photos: Vec<usize> = (0..photos).collect();
        let counts = count_all(&photos, workers, |photo| 10 * photo);
        let wanted = photos.iter().map(|photo| 10 * photo).collect();
        expect_eq("the counts of the call after it", counts, wanted);
    });
}

fn nothing_is_left_after_the_call(check: &Check) {
    check.forall(input::numbers_and(0..3, 1..=5, 1..=4), |(ticks, workers)| {
        let meter = Meter::new();
        count_all(&ticks, workers, |ticks| {
            let _inside = meter.enter();
            pause(TICK * *ticks as u32);
        });
        nothing_is_left(&meter);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(1..4, 1..=5, 1..=4), |(ticks, workers)| {
        count_all(&ticks, workers, |ticks| pause(TICK * *ticks as u32));
    });
}
