//! The contract of README.md, a check or more for each clause.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use harness::expect_in_any_order;
use harness::{
    Check, Kind, Meter, beats, catch, checks, every_thread_has_finished, expect, expect_eq, fail, input,
    pause, pause_until,
};
use thumbnails::render_all;

checks! {
    1 => thumbnails_come_in_the_order_of_the_pictures;
    1 => each_picture_is_rendered_once;
    1 => two_calls_at_once_keep_apart;
    1 => a_panic_in_one_call_does_not_reach_another;
    2 => as_many_pictures_at_once_as_there_are_workers simulated;
    2 => a_free_worker_begins_the_next_picture_at_once simulated;
    3 => never_more_pictures_at_once_than_workers;
    3 => no_workers_is_a_panic;
    4 => any_number_of_pictures;
    5 => a_picture_that_panics_panics_the_call;
    5 => the_call_after_one_that_panicked_is_as_any_other;
    6 => nothing_goes_on_after_the_return;
    7 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);

fn thumbnails_come_in_the_order_of_the_pictures(check: &Check) {
    check.forall(input::numbers_and(0..4, 0..=6, 1..=4), |(pictures, workers)| {
        let render = |picture: u64| {
            pause(TICK * picture as u32);
            picture * 10
        };
        let wanted = pictures.iter().map(|picture| picture * 10).collect();
        expect_eq("the thumbnails", render_all(pictures, workers, render), wanted);
    });
}

fn each_picture_is_rendered_once(check: &Check) {
    check.small("2 pictures and 2 workers", (vec![0u64, 1], 2usize));
    check.forall(input::numbers_and(0..3, 0..=6, 1..=4), |(pictures, workers)| {
        let called = Mutex::new(Vec::new());
        let thumbnails =
            render_all(pictures.clone(), workers, |picture| called.lock().unwrap().push(picture));
        let called = called.into_inner().unwrap();
        expect_eq("the number of thumbnails", thumbnails.len(), pictures.len());
        expect_in_any_order("the pictures that `render` was called for", &called, &pictures);
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(one, other, workers)| {
        let call = |pictures: usize| {
            let thumbnails = render_all((0..pictures).collect(), workers, |picture| 10 * picture);
            let wanted = (0..pictures).map(|picture| 10 * picture).collect();
            expect_eq("the thumbnails of one of two calls at once", thumbnails, wanted);
        };
        thread::scope(|scope| {
            scope.spawn(|| call(one));
            call(other);
        });
    });
}

/// Both are in progress when a picture of one of them panics.
fn a_panic_in_one_call_does_not_reach_another(check: &Check) {
    check.forall(input::triple(1..=2, 1..=5, 1..=2), |(bad, good, workers)| {
        let blurred = |picture: usize| -> usize {
            pause(TICK * picture as u32);
            panic!("picture {picture} is blurred (the check makes it panic)")
        };
        let slow = |picture: usize| {
            pause(TICK / 2);
            10 * picture
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                let outcome = catch(|| render_all((0..bad).collect(), workers, blurred));
                expect(outcome.is_err(), Kind::SwallowedPanic, || {
                    "`render` panicked, and the call returned".into()
                });
            });
            let outcome = catch(|| render_all((0..good).collect(), workers, slow));
            let wanted = (0..good).map(|picture| 10 * picture).collect();
            expect(outcome.is_ok(), Kind::WrongAnswer, || {
                "a picture of one call panicked, and another call panicked, too".into()
            });
            expect_eq("the thumbnails of the other call", outcome.ok(), Some(wanted));
        });
    });
}

fn as_many_pictures_at_once_as_there_are_workers(check: &Check) {
    check.small("2 pictures and 2 workers", (2usize, 2usize));
    check.forall(input::pair_or_hundred(2..=7, 2..=4), |(pictures, workers)| {
        let meter = Meter::new();
        let render = |_| {
            let _inside = meter.enter();
            pause(TICK);
        };
        render_all((0..pictures).collect(), workers, render);
        let wanted = workers.min(pictures);
        expect(meter.peak() >= wanted, Kind::Sequential, || {
            format!("with {pictures} pictures and {workers} workers, {wanted} should be in progress at once; there never were more than {}", meter.peak())
        });
    });
}

/// Pictures begin and end on the tick, so half a tick later all is at rest.
fn a_free_worker_begins_the_next_picture_at_once(check: &Check) {
    check.forall(input::numbers_or_dozens_and(1..4, 2..=6, 2..=3), |(ticks, workers)| {
        let (meter, pictures) = (Meter::new(), ticks.len());
        let render = |ticks: u64| {
            let _inside = meter.enter();
            // Where one takes so long, the others are through with the rest meanwhile.
            for tick in beats(TICK).take(if ticks == 3 { 40 } else { ticks as usize }) {
                pause_until(tick + TICK / 2);
                let (waiting, inside) = (pictures - meter.entered(), meter.inside());
                expect(waiting == 0 || inside == workers, Kind::Sequential, || {
                    format!("a worker was free while a picture waited: {inside} in progress, {waiting} not begun, {workers} workers")
                });
                pause_until(tick + TICK);
            }
        };
        render_all(ticks, workers, render);
    });
}

fn never_more_pictures_at_once_than_workers(check: &Check) {
    check.small("3 pictures and 2 workers", (3usize, 2usize));
    check.forall(input::pair(0..=7, 1..=4), |(pictures, workers)| {
        let meter = Meter::new();
        let render = |_| {
            let _inside = meter.enter();
            meter.at_most(workers, "pictures");
            pause(TICK);
        };
        render_all((0..pictures).collect(), workers, render);
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=2), |pictures| {
        let meter = Meter::new();
        let outcome = catch(|| render_all((0..pictures).collect(), 0, |_| drop(meter.enter())));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 workers the call should panic, and it returned".into()
        });
        expect_eq("the calls of `render` with 0 workers", meter.entered(), 0);
    });
}

fn any_number_of_pictures(check: &Check) {
    check.small("2 pictures and 2 workers", (2usize, 2usize));
    check.forall(input::many_and(0..=6, 1..=4), |(pictures, workers)| {
        // Neither `Copy` nor `Clone`: a picture is moved to who renders it.
        struct Picture(usize);
        let pictures: Vec<Picture> = (0..pictures).map(Picture).collect();
        let many = pictures.len();
        let thumbnails = render_all(pictures, workers, |picture| picture.0);
        expect_eq(&format!("the number of thumbnails of {many} pictures"), thumbnails.len(), many);
        // Not the whole list: nobody would read it.
        for (i, thumbnail) in thumbnails.into_iter().enumerate() {
            expect_eq(&format!("the thumbnail of picture {i} of {many}"), thumbnail, i);
        }
    });
}

fn nothing_is_left(meter: &Meter) {
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the call has ended, and {} pictures are still in progress", meter.inside())
    });
    every_thread_has_finished();
}

fn a_picture_that_panics_panics_the_call(check: &Check) {
    check.small("2 pictures, one of which panics, and 2 workers", (2usize, 2usize, 0usize));
    check.forall(input::triple(1..=5, 1..=3, 0..=4), |(pictures, workers, bad)| {
        let meter = Meter::new();
        let render = |picture: usize| {
            let _inside = meter.enter();
            if picture == bad % pictures {
                panic!("picture {picture} is damaged (the check makes it panic)");
            }
            pause(TICK * picture as u32);
            picture
        };
        if let Ok(thumbnails) = catch(|| render_all((0..pictures).collect(), workers, render)) {
            fail(
                Kind::SwallowedPanic,
                format!("`render` panicked for a picture, and the call returned {thumbnails:?}"),
            );
        }
        nothing_is_left(&meter);
    });
}

fn the_call_after_one_that_panicked_is_as_any_other(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 1..=2), |(damaged, pictures, workers)| {
        let outcome = catch(|| {
            render_all((0..damaged).collect(), workers, |picture: usize| {
                panic!("picture {picture} is damaged (the check makes it panic)");
            })
        });
        let swallowed = || "`render` panicked for every picture, and the call returned".into();
        expect(outcome.is_err(), Kind::SwallowedPanic, swallowed);
        let thumbnails = render_all((0..pictures).collect(), workers, |picture| 10 * picture);
        let wanted = (0..pictures).map(|picture| 10 * picture).collect();
        expect_eq("the thumbnails of the call after it", thumbnails, wanted);
    });
}

fn nothing_goes_on_after_the_return(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=5, 1..=4), |(ticks, workers)| {
        let meter = Meter::new();
        let render = |ticks| {
            let _inside = meter.enter();
            pause(TICK * ticks as u32);
        };
        render_all(ticks, workers, render);
        nothing_is_left(&meter);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(1..4, 1..=4, 1..=3), |(ticks, workers)| {
        render_all(ticks, workers, |ticks| pause(TICK * ticks as u32));
    });
}
