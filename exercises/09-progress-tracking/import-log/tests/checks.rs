//! The contract of README.md, a check or more for each clause.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use harness::{
    Check, Kind, Meter, Page, catch, checks, every_thread_has_finished, expect, expect_eq,
    expect_in_any_order, fail, input,
};
use harness::{now, pause};
use import_log::import;

checks! {
    1 => each_record_is_stored_once;
    1 => two_calls_at_once_keep_apart;
    2 => each_record_has_its_line_and_the_sum_comes_last;
    2 => the_log_of_one_worker;
    3 => the_lines_count_up;
    4 => a_line_is_written_when_its_record_is_done simulated;
    5 => as_many_records_at_once_as_there_are_workers simulated;
    5 => never_more_records_at_once_than_workers;
    5 => no_workers_is_a_panic;
    6 => an_error_of_the_log_is_returned;
    7 => a_record_that_panics_panics_the_call;
    7 => a_panic_costs_no_other_record_its_line;
    8 => nothing_goes_on_after_the_return;
    9 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);

/// Refuses odd records, with an error of any text: one with blanks at its ends, or with nothing in it.
fn store(record: u64) -> Result<(), String> {
    match record % 6 {
        1 => Err(format!("{record} is odd")),
        3 => Err(format!(" {record} is odd, 100% \t")),
        5 => Err(String::new()),
        _ => Ok(()),
    }
}

/// The line of a record that was given to [`store`], without the progress.
fn line(record: u64) -> String {
    match store(record) {
        Ok(()) => format!("record {record} stored"),
        Err(error) => format!("record {record} failed: {error}"),
    }
}

/// The record that a line in the log is of.
fn record_of(line: &str) -> Option<u64> {
    line.split("record ").nth(1)?.split(' ').next()?.parse().ok()
}

fn each_record_is_stored_once(check: &Check) {
    check.small("2 records and 2 workers", (vec![0u64, 1], 2usize));
    check.forall(input::numbers_and(0..5, 0..=6, 1..=4), |(records, workers)| {
        let called = Mutex::new(Vec::new());
        let store = |record| {
            called.lock().unwrap().push(record);
            store(record)
        };
        let stored = import(&records, workers, store, Page::new());
        let wanted = records.iter().filter(|record| *record % 2 == 0).count();
        expect_eq("what `import` returned", stored.ok(), Some(wanted));
        expect_in_any_order(
            "the records that `store` was called for",
            &called.into_inner().unwrap(),
            &records,
        );
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(one, other, workers)| {
        let call = |records: usize| {
            let page = Page::new();
            let stored = import(&(0..records as u64).collect::<Vec<_>>(), workers, store, page.clone());
            (stored.ok(), page.lines().len())
        };
        let wanted = |records: usize| (Some(records.div_ceil(2)), records + 1);
        let (a, b) = thread::scope(|scope| {
            let a = scope.spawn(|| call(one));
            let b = call(other);
            (a.join().unwrap_or_default(), b)
        });
        expect_eq("what one of two calls at once returned, and its number of lines", a, wanted(one));
        expect_eq("what one of two calls at once returned, and its number of lines", b, wanted(other));
    });
}

fn each_record_has_its_line_and_the_sum_comes_last(check: &Check) {
    check.forall(input::numbers_and(0..9, 0..=5, 1..=3), |(records, workers)| {
        let page = Page::new();
        let _ = import(&records, workers, store, page.clone());
        let stored = records.iter().filter(|record| *record % 2 == 0).count();
        let (text, end) = (page.text(), format!("imported {stored} of {}\n", records.len()));
        let Some(lines) = text.strip_suffix(&end) else {
            fail(Kind::WrongAnswer, format!("the log should end with {end:?}, and is {text:?}"));
        };
        let got = lines.split_inclusive('\n').map(|line| match line.split_once("] ") {
            Some((_, what)) => what.to_owned(),
            None => line.to_owned(),
        });
        let (got, wanted) = (got.collect::<Vec<_>>(), records.iter().map(|record| line(*record) + "\n"));
        let what = "the lines of the records without the progress";
        expect_in_any_order(what, &got, &wanted.collect::<Vec<_>>());
    });
}

fn the_log_of_one_worker(check: &Check) {
    check.snapshot("log_of_one_worker", || {
        let page = Page::new();
        let store = |record| if record % 2 == 1 { Err(format!("{record} is odd")) } else { Ok(()) };
        let stored = import(&[4, 7, 12, 8, 8, 5, 0], 1, store, page.clone());
        format!("{}returned {stored:?}", page.text())
    });
}

fn the_lines_count_up(check: &Check) {
    check.small("2 records and 2 workers", (vec![0u64, 1], 2usize));
    check.forall(input::numbers_and(0..4, 0..=6, 1..=4), |(records, workers)| {
        let page = Page::new();
        let _ = import(&records, workers, store, page.clone());
        let mut failed = 0;
        for (k, line) in page.lines().iter().take(records.len()).enumerate() {
            failed += usize::from(line.text.contains("failed:"));
            let wanted = format!("[{}/{}, {failed} failed]", k + 1, records.len());
            expect(line.text.starts_with(&wanted), Kind::WrongAnswer, || {
                format!("line {} should begin with {wanted}, and the log is\n{}", k + 1, page.text())
            });
        }
    });
}

fn a_line_is_written_when_its_record_is_done(check: &Check) {
    check.forall(input::numbers_and(0..5, 1..=6, 1..=4), |(ticks, workers)| {
        let (page, done) = (Page::new(), Mutex::new(vec![None; ticks.len()]));
        let store = |record: u64| {
            pause(TICK * ticks[record as usize] as u32);
            done.lock().unwrap()[record as usize] = Some(now());
            store(record)
        };
        let records: Vec<u64> = (0..ticks.len() as u64).collect();
        let _ = import(&records, workers, store, page.clone());
        let done = done.into_inner().unwrap();
        for line in page.lines().iter().take(records.len()) {
            let record = record_of(&line.text);
            let Some(at) = record.and_then(|record| *done.get(record as usize)?) else {
                fail(Kind::WrongAnswer, format!("the line {:?} is of no record that is done", line.text));
            };
            expect(line.at >= at, Kind::TooEarly, || {
                format!("{:?} was written at {:?}, and the record was done at {at:?}", line.text, line.at)
            });
            expect(line.at <= at + SOON, Kind::TooLate, || {
                format!(
                    "a record was done at {at:?}, and its line {:?} was written at {:?}",
                    line.text, line.at
                )
            });
        }
    });
}

fn as_many_records_at_once_as_there_are_workers(check: &Check) {
    check.small("2 records and 2 workers", (2usize, 2usize));
    check.forall(input::pair_or_hundred(2..=7, 2..=4), |(records, workers)| {
        let meter = Meter::new();
        let store = |record| {
            let _inside = meter.enter();
            pause(TICK);
            store(record)
        };
        let records: Vec<u64> = (0..records as u64).collect();
        let _ = import(&records, workers, store, Page::new());
        let wanted = workers.min(records.len());
        expect(meter.peak() >= wanted, Kind::Sequential, || {
            format!("with {} records and {workers} workers, {wanted} should be in progress at once; there never were more than {}", records.len(), meter.peak())
        });
    });
}

fn never_more_records_at_once_than_workers(check: &Check) {
    check.small("3 records and 2 workers", (3usize, 2usize));
    check.forall(input::many_and(0..=7, 1..=4), |(records, workers)| {
        let meter = Meter::new();
        let store = |record| {
            let _inside = meter.enter();
            meter.at_most(workers, "records");
            pause(TICK);
            store(record)
        };
        let records: Vec<u64> = (0..records as u64).collect();
        let _ = import(&records, workers, store, Page::new());
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=2), |records| {
        let meter = Meter::new();
        let store = |record| {
            let _inside = meter.enter();
            store(record)
        };
        let records: Vec<u64> = (0..records as u64).collect();
        let outcome = catch(|| import(&records, 0, store, Page::new()));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "with 0 workers the call should panic, and it returned".into()
        });
        expect_eq("the calls of `store` with 0 workers", meter.entered(), 0);
    });
}

fn nothing_is_left(meter: &Meter) {
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the call has ended, and {} records are still in progress", meter.inside())
    });
    every_thread_has_finished();
}

fn an_error_of_the_log_is_returned(check: &Check) {
    check.small("2 records, 2 workers and a failing log", (2usize, 2usize, 0usize));
    check.forall(input::triple(0..=5, 1..=3, 0..=81), |(records, workers, write)| {
        // It refuses one write, or each one from there on.
        let page = if write > 40 { Page::failing_once_at(write - 41) } else { Page::failing_at(write) };
        let meter = Meter::new();
        let store = |record| {
            let _inside = meter.enter();
            pause(TICK * (1 + record % 3) as u32);
            store(record)
        };
        let records: Vec<u64> = (0..records as u64).collect();
        let outcome = import(&records, workers, store, page.clone());
        expect(outcome.is_err() == page.refused(), Kind::WrongAnswer, || match outcome {
            Ok(stored) => format!("the log refused a write, and the call returned Ok({stored})"),
            Err(error) => format!("the log took every write, and the call returned Err({error})"),
        });
        nothing_is_left(&meter);
    });
}

fn a_record_that_panics_panics_the_call(check: &Check) {
    check.small("2 records, one of which panics, and 2 workers", (2usize, 2usize, 0usize));
    check.forall(input::triple(1..=5, 1..=3, 0..=4), |(records, workers, bad)| {
        let (page, meter, panicked) = (Page::new(), Meter::new(), Meter::new());
        let bad = (bad % records) as u64;
        let store = |record| {
            let _inside = meter.enter();
            if record == bad {
                drop(panicked.enter());
                panic!("record {record} broke the database (the check makes it panic)");
            }
            pause(TICK * record as u32);
            store(record)
        };
        let records: Vec<u64> = (0..records as u64).collect();
        if let Ok(returned) = catch(|| import(&records, workers, store, page.clone())) {
            expect(panicked.entered() > 0, Kind::WrongAnswer, || {
                format!("`store` panics for record {bad}, it was never called for it, and the call returned {returned:?}")
            });
            fail(
                Kind::SwallowedPanic,
                format!("`store` panicked for a record, and the call returned {returned:?}"),
            );
        }
        let text = page.text();
        expect(!text.contains("imported"), Kind::WrongAnswer, || {
            format!("`store` panicked for a record, and the log has a last line:\n{text}")
        });
        nothing_is_left(&meter);
    });
}

fn a_panic_costs_no_other_record_its_line(check: &Check) {
    check.small("2 records, one of which panics, and 2 workers", (2usize, 2usize, 0usize));
    check.forall(input::triple(2..=6, 2..=4, 0..=5), |(records, workers, bad)| {
        let (page, ended) = (Page::new(), Mutex::new(Vec::new()));
        let bad = (bad % records) as u64;
        let store = |record| {
            // The one that panics does so while others are in progress.
            pause(TICK * (1 + u32::from(record > bad)));
            assert!(record != bad, "record {record} broke the database (the check makes it panic)");
            ended.lock().unwrap().push(record);
            store(record)
        };
        let records: Vec<u64> = (0..records as u64).collect();
        let _ = catch(|| import(&records, workers, store, page.clone()));
        let got: Vec<u64> = page.lines().iter().filter_map(|line| record_of(&line.text)).collect();
        expect_in_any_order("the records that have a line", &got, &ended.into_inner().unwrap());
    });
}

fn nothing_goes_on_after_the_return(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=5, 1..=4), |(ticks, workers)| {
        let meter = Meter::new();
        let store = |ticks| {
            let _inside = meter.enter();
            pause(TICK * ticks as u32);
            store(ticks)
        };
        let _ = import(&ticks, workers, store, Page::new());
        nothing_is_left(&meter);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(1..4, 1..=4, 1..=3), |(ticks, workers)| {
        let store = |ticks| {
            pause(TICK * ticks as u32);
            store(ticks)
        };
        let _ = import(&ticks, workers, store, Page::new());
    });
}
