//! The contract of README.md, a check or more for each clause.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{
    Check, Kind, Meter, Page, catch, checks, every_thread_has_finished, expect, expect_eq,
    expect_in_any_order, fail, input,
};
use harness::{now, panic_message, pause, settle};
use progress_report::ProgressTracker;

checks! {
    1 => results_come_in_the_order_of_the_items;
    1 => each_item_is_processed_once;
    1 => many_items_are_no_different;
    1 => a_long_item_is_waited_for simulated;
    2 => each_update_writes_its_report;
    2 => reports_are_as_many_as_updates_however_many;
    2 => the_percentage_is_rounded_down;
    2 => each_item_has_its_report_and_the_line_ends;
    2 => two_calls_at_once_keep_apart;
    2 => a_slow_writer_holds_up_its_own_tracker_alone simulated;
    2 => the_documented_run;
    3 => a_report_is_written_when_its_item_completes simulated;
    3 => every_update_is_reported_before_the_end;
    4 => as_many_items_at_once_as_there_are_workers simulated;
    5 => never_more_items_at_once_than_workers;
    5 => no_workers_is_a_panic;
    6 => nothing_of_nothing_is_all;
    7 => a_panicking_item_counts_and_panics_the_call;
    8 => nothing_goes_on_after_the_return;
    9 => errors_of_the_writer_stop_nothing;
    10 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);

/// What the writer should have got after `done` of `total` are done.
fn reports(done: usize, total: usize) -> String {
    (1..=done).map(|k| format!("\rProgress: {k}/{total} ({}%)", 100 * k / total)).collect()
}

fn results_come_in_the_order_of_the_items(check: &Check) {
    check.forall(input::numbers_and(0..4, 0..=7, 1..=4), |(items, workers)| {
        let double = |item: &u64| {
            pause(TICK * *item as u32);
            item * 2
        };
        let results = process_with_progress(&items, workers, double, Page::new());
        expect_eq("the results", results, items.iter().map(|i| i * 2).collect());
    });
}

fn each_item_is_processed_once(check: &Check) {
    check.small("2 items and 2 workers", (2usize, 2usize));
    check.forall(input::pair(0..=8, 1..=4), |(items, workers)| {
        let items: Vec<usize> = (0..items).collect();
        let called = Mutex::new(Vec::new());
        let results =
            process_with_progress(&items, workers, |item| called.lock().unwrap().push(*item), Page::new());
        expect_eq("the number of results", results.len(), items.len());
        expect_in_any_order("the items that `f` was called for", &called.into_inner().unwrap(), &items);
    });
}

fn many_items_are_no_different(check: &Check) {
    check.forall(input::many_and(65..=200, 1..=3), |(items, workers)| {
        let items: Vec<usize> = (0..items).collect();
        let results = process_with_progress(&items, workers, |item| *item, Page::new());
        expect(results == items, Kind::WrongAnswer, || {
            format!("the results of {} items are not theirs", items.len())
        });
    });
}

fn a_long_item_is_waited_for(check: &Check) {
    check.forall(input::pair(1..=3, 1..=2), |(items, workers)| {
        let items: Vec<usize> = (0..items).collect();
        let seconds = |item: &usize| {
            pause(Duration::from_secs(5));
            *item
        };
        expect_eq("the results", process_with_progress(&items, workers, seconds, Page::new()), items);
    });
}

/// Has `threads` threads call `update`, `times` times each.
fn update_from(tracker: &ProgressTracker<Page>, threads: usize, times: usize) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..times).for_each(|_| tracker.update()));
        }
    });
}

fn each_update_writes_its_report(check: &Check) {
    check.small("2 threads with 2 updates each", (2usize, 2usize, 0usize));
    check.forall(input::triple(1..=3, 1..=3, 0..=3), |(threads, times, missing)| {
        let (page, updates) = (Page::new(), threads * times);
        let total = updates + missing;
        let tracker = ProgressTracker::new(total, page.clone());
        update_from(&tracker, threads, times);
        let returned = tracker.finish();
        expect_eq("the reports", page.text(), format!("{}\n", reports(updates, total)));
        expect_eq("what the writer that `finish` gave back has got", returned.text(), page.text());
    });
}

fn reports_are_as_many_as_updates_however_many(check: &Check) {
    check.forall(input::pair(1..=2, 60..=400), |(threads, times)| {
        let (page, total) = (Page::new(), threads * times);
        let tracker = ProgressTracker::new(total, page.clone());
        update_from(&tracker, threads, times);
        tracker.finish();
        let written = page.pieces(')').len() - 1;
        expect_eq(&format!("the number of reports after {total} updates"), written, total);
    });
}

fn the_percentage_is_rounded_down(check: &Check) {
    check.forall(input::number(1..=250), |total| {
        let page = Page::new();
        let tracker = ProgressTracker::new(total, page.clone());
        (0..total).for_each(|_| tracker.update());
        tracker.finish();
        let wanted = reports(total, total);
        // Not the whole text: nobody would read it.
        for (k, (report, wanted)) in (1..).zip(page.pieces(')').iter().zip(wanted.split_inclusive(')'))) {
            expect_eq(&format!("report {k} of {total}"), format!("{})", report.text), wanted.to_owned());
        }
    });
}

fn each_item_has_its_report_and_the_line_ends(check: &Check) {
    check.small("2 items and 2 workers", (2usize, 2usize));
    check.forall(input::pair(1..=7, 1..=4), |(items, workers)| {
        let page = Page::new();
        let items: Vec<usize> = (0..items).collect();
        process_with_progress(&items, workers, |_| (), page.clone());
        expect_eq("the reports", page.text(), format!("{}\n", reports(items.len(), items.len())));
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(one, other, workers)| {
        let call = |items: usize| {
            let page = Page::new();
            let items: Vec<usize> = (0..items).collect();
            let results = process_with_progress(&items, workers, |item| *item, page.clone());
            expect_eq("the results of one of two calls at once", results, items.clone());
            let wanted = format!("{}\n", reports(items.len(), items.len()));
            expect_eq("the reports of one of two calls at once", page.text(), wanted);
        };
        thread::scope(|scope| {
            scope.spawn(|| call(one));
            call(other);
        });
    });
}

/// A writer that takes its time for each report.
struct Slow(Page);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        pause(10 * TICK);
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn a_slow_writer_holds_up_its_own_tracker_alone(check: &Check) {
    check.forall(input::pair(1..=2, 1..=3), |(slow, quick)| {
        thread::scope(|scope| {
            scope.spawn(move || {
                let tracker = ProgressTracker::new(slow, Slow(Page::new()));
                (0..slow).for_each(|_| tracker.update());
                tracker.finish();
            });
            pause(TICK);
            let (page, before) = (Page::new(), now());
            let tracker = ProgressTracker::new(quick, page.clone());
            (0..quick).for_each(|_| tracker.update());
            let took = now() - before;
            expect(took <= SOON, Kind::TooLate, || {
                format!("a writer was slow, and the updates of another tracker took {took:?}")
            });
            tracker.finish();
            expect_eq(
                "the reports of the other tracker",
                page.text(),
                format!("{}\n", reports(quick, quick)),
            );
        });
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let page = Page::new();
        let items: Vec<u64> = (1..=20).collect();
        let square = |item: &u64| {
            pause(TICK);
            item * item
        };
        let results = process_with_progress(&items, 5, square, page.clone());
        format!("{}{results:?}", page.text().replace('\r', "\\r\n"))
    });
}

fn a_report_is_written_when_its_item_completes(check: &Check) {
    check.forall(input::numbers_and(0..8, 1..=6, 1..=4), |(ticks, workers)| {
        let (page, completed) = (Page::new(), Mutex::new(Vec::new()));
        let f = |ticks: &u64| {
            pause(TICK * (*ticks % 4) as u32);
            completed.lock().unwrap().push(now());
            // So it completes, too.
            if *ticks == 7 {
                panic!("an item of 3 ticks (the check makes it panic)");
            }
        };
        let outcome = catch(|| process_with_progress(&ticks, workers, f, page.clone()));
        expect_eq("whether the call panicked", outcome.is_err(), ticks.contains(&7));
        let completed = completed.into_inner().unwrap();
        // The k-th report is of the k-th completion: the writer has been told "k are done".
        for (k, (report, at)) in page.pieces(')').iter().zip(&completed).enumerate() {
            let k = k + 1;
            expect(report.at >= *at, Kind::TooEarly, || {
                format!("report {k} was written at {:?}, and so many items were complete only at {at:?}", report.at)
            });
            expect(report.at <= *at + SOON, Kind::TooLate, || {
                format!("as many items as report {k} tells of were complete at {at:?}, and it was written at {:?}", report.at)
            });
        }
    });
}

fn every_update_is_reported_before_the_end(check: &Check) {
    check.small("2 threads with 2 updates each", (2usize, 2usize));
    check.forall(input::pair(1..=3, 1..=3), |(threads, times)| {
        let (page, total) = (Page::new(), threads * times);
        let tracker = ProgressTracker::new(total, page.clone());
        update_from(&tracker, threads, times);
        let written = page.pieces(')').len();
        expect(written >= total, Kind::TooLate, || {
            format!(
                "{total} updates have returned, `finish` is not called yet, and {written} reports are written"
            )
        });
        tracker.finish();
    });
}

fn as_many_items_at_once_as_there_are_workers(check: &Check) {
    check.forall(input::pair_or_hundred(2..=11, 2..=9), |(items, workers)| {
        let meter = Meter::new();
        let f = |_: &usize| {
            let _inside = meter.enter();
            pause(TICK);
        };
        let items: Vec<usize> = (0..items).collect();
        process_with_progress(&items, workers, f, Page::new());
        let wanted = workers.min(items.len());
        expect(meter.peak() >= wanted, Kind::Sequential, || {
            format!("with {} items and {workers} workers, {wanted} should be in progress at once; there never were more than {}", items.len(), meter.peak())
        });
    });
}

fn never_more_items_at_once_than_workers(check: &Check) {
    check.small("3 items and 2 workers", (3usize, 2usize));
    check.forall(input::pair(0..=7, 1..=4), |(items, workers)| {
        let meter = Meter::new();
        let f = |_: &usize| {
            let _inside = meter.enter();
            meter.at_most(workers, "items");
            pause(TICK);
        };
        let items: Vec<usize> = (0..items).collect();
        process_with_progress(&items, workers, f, Page::new());
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=2), |items| {
        let meter = Meter::new();
        let items: Vec<usize> = (0..items).collect();
        let outcome = catch(|| process_with_progress(&items, 0, |_| drop(meter.enter()), Page::new()));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 workers the call should panic, and it returned".into()
        });
        expect_eq("the calls of `f` with 0 workers", meter.entered(), 0);
    });
}

fn nothing_of_nothing_is_all(check: &Check) {
    check.forall(input::number(1..=4), |workers| {
        let page = Page::new();
        ProgressTracker::new(0, page.clone()).finish();
        expect_eq(
            "the reports of a tracker with a total of 0",
            page.text(),
            "\rProgress: 0/0 (100%)\n".to_owned(),
        );
        let page = Page::new();
        let results = process_with_progress(&[], workers, |item: &u64| *item, page.clone());
        expect_eq("the results without items", results, vec![]);
        expect_eq("the reports without items", page.text(), "\rProgress: 0/0 (100%)\n".to_owned());
    });
}

fn a_panicking_item_counts_and_panics_the_call(check: &Check) {
    check.small("2 items that panic and 2 workers", (vec![4u64, 4], 2usize));
    check.forall(input::numbers_and(0..5, 1..=6, 1..=3), |(ticks, workers)| {
        let (page, meter) = (Page::new(), Meter::new());
        let items: Vec<(usize, u64)> = ticks.iter().copied().enumerate().collect();
        let f = |(i, ticks): &(usize, u64)| {
            let _inside = meter.enter();
            pause(TICK * (4 - *ticks) as u32);
            if ticks % 2 == 0 {
                panic!("item {i} failed (the check makes it panic)");
            }
        };
        let first = items.iter().find(|(_, ticks)| ticks % 2 == 0);
        match (catch(|| process_with_progress(&items, workers, f, page.clone())), first) {
            (Ok(_), None) => {}
            (Ok(_), Some((i, _))) => {
                fail(Kind::SwallowedPanic, format!("item {i} panicked, and the call returned"))
            }
            (Err(payload), Some((i, _))) => {
                let wanted = format!("item {i} failed (the check makes it panic)");
                expect_eq("the payload of the call's panic", panic_message(&*payload), Some(&*wanted));
            }
            (Err(_), None) => fail(Kind::Panicked, "no item panicked, and the call did"),
        }
        expect_eq("the number of items that were processed", meter.entered(), items.len());
        expect_eq("the reports", page.text(), format!("{}\n", reports(items.len(), items.len())));
        nothing_is_left(&meter);
    });
}

fn nothing_is_left(meter: &Meter) {
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the call has ended, and {} items are still in progress", meter.inside())
    });
    every_thread_has_finished();
}

fn nothing_goes_on_after_the_return(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=6, 1..=4), |(ticks, workers)| {
        let meter = Meter::new();
        let f = |ticks: &u64| {
            let _inside = meter.enter();
            pause(TICK * *ticks as u32);
        };
        process_with_progress(&ticks, workers, f, Page::new());
        nothing_is_left(&meter);
    });
}

fn errors_of_the_writer_stop_nothing(check: &Check) {
    check.forall(input::triple(0..=6, 1..=3, 0..=10), |(items, workers, write)| {
        let items: Vec<usize> = (0..items).collect();
        let meter = Meter::new();
        let f = |item: &usize| {
            let _inside = meter.enter();
            *item
        };
        let results = process_with_progress(&items, workers, f, Page::failing_at(write));
        expect_eq("the results with a writer that fails", results, items);
        nothing_is_left(&meter);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..3, 1..=4, 1..=3), |(ticks, workers)| {
        let quiet = Arc::new(Mutex::new(false));
        let f = |ticks: &u64| {
            pause(TICK * (1 + *ticks as u32));
            // One thread looks whether the others come to rest; two would wait for each other.
            let first = !std::mem::replace(&mut *quiet.lock().unwrap(), true);
            if first {
                settle();
            }
        };
        process_with_progress(&ticks, workers, f, Page::new());
    });
}

/// The function under test with its arguments in boxes: so it is compiled once, and not anew for each check.
fn process_with_progress<'a, T: Sync, R: Send>(
    items: &[T],
    workers: usize,
    f: impl Fn(&T) -> R + Sync + 'a,
    out: impl Write + Send + 'a,
) -> Vec<R> {
    let f: Box<dyn Fn(&T) -> R + Sync + 'a> = Box::new(f);
    let out: Box<dyn Write + Send + 'a> = Box::new(out);
    progress_report::process_with_progress(items, workers, f, out)
}
