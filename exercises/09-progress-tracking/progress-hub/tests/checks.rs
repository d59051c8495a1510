//! The contract of README.md, a check or more for each clause.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use harness::{Check, Drops, Kind, catch, checks, every_thread_has_finished, expect, expect_eq, fail, input};
use harness::{now, panic_message, pause, settle};
use progress_hub::{Reporter, Snapshot, Tracker};

checks! {
    1 => no_update_is_lost;
    1 => two_trackers_at_once_keep_apart;
    2 => a_snapshot_is_of_one_moment;
    3 => reports_come_at_the_interval simulated;
    3 => after_a_slow_report_none_is_made_up_for simulated;
    3 => the_documented_run simulated;
    3 => a_report_has_what_was_done_before_it simulated;
    3 => all_reports_come_from_the_reporters_thread;
    3 => no_interval_is_a_panic;
    3 => the_longest_interval_is_one;
    4 => the_last_report_has_everything;
    4 => no_report_comes_after_the_last;
    4 => two_reporters_at_once_keep_apart;
    5 => finish_does_not_wait_for_the_interval simulated;
    6 => a_report_may_use_the_tracker;
    6 => nobody_waits_for_a_report simulated;
    7 => a_dropped_reporter_makes_its_last_report simulated;
    7 => a_panic_of_the_owner_ends_the_reporter;
    8 => a_panic_of_a_report_comes_out_of_finish;
    8 => a_panic_of_a_report_harms_nobody_else;
    9 => nothing_is_left_behind;
    10 => waiting_is_no_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);

/// Fails the case if a thread is left. A tracker may have one too, which ends with it.
fn all_is_over(tracker: Arc<Tracker>) {
    drop(tracker);
    every_thread_has_finished();
}

/// A report that was made.
#[derive(Debug, Clone, Copy)]
struct Made {
    began: Duration,
    ended: Duration,
    snapshot: Snapshot,
    by: ThreadId,
}

/// The reports that were made.
#[derive(Debug, Default, Clone)]
struct Reports(Arc<Mutex<Vec<Made>>>);

impl Reports {
    /// A `report` that takes its time and notes what it got.
    fn recorder(&self, takes: Duration) -> impl FnMut(Snapshot) + Send + 'static {
        let reports = self.clone();
        move |snapshot| {
            let began = now();
            if !takes.is_zero() {
                pause(takes);
            }
            reports.0.lock().unwrap().push(Made {
                began,
                ended: now(),
                snapshot,
                by: thread::current().id(),
            });
        }
    }

    fn all(&self) -> Vec<Made> {
        self.0.lock().unwrap().clone()
    }

    /// The last one, which there must be.
    fn last(&self) -> Made {
        match self.all().last() {
            Some(last) => *last,
            None => fail(Kind::WrongAnswer, "the reporter has ended, and there was no last report"),
        }
    }
}

fn no_update_is_lost(check: &Check) {
    check.small("2 threads with an update of each kind", (2usize, 1usize, 0usize));
    check.forall(input::triple(1..=3, 0..=3, 0..=2), |(threads, times, total)| {
        let tracker = Tracker::new(total);
        let counts = Snapshot { total, done: 0, failed: 0 };
        expect_eq("the snapshot of a new tracker", tracker.snapshot(), counts);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..times {
                        tracker.add(2);
                        tracker.done();
                        tracker.failed();
                    }
                });
            }
        });
        let each = threads * times;
        let counts = Snapshot { total: total + 2 * each, done: each, failed: each };
        expect_eq("the snapshot after all updates", tracker.snapshot(), counts);
    });
}

fn two_trackers_at_once_keep_apart(check: &Check) {
    check.forall(input::pair(0..=3, 0..=3), |(one, other)| {
        let count = |items: usize| {
            let tracker = Tracker::new(items);
            (0..items).for_each(|_| tracker.done());
            let wanted = Snapshot { total: items, done: items, failed: 0 };
            expect_eq("the snapshot of one of two trackers", tracker.snapshot(), wanted);
        };
        thread::scope(|scope| {
            scope.spawn(|| count(one));
            count(other);
        });
    });
}

/// Each worker adds an item, ends it well, adds an item, ends it badly, and so on.
fn a_snapshot_is_of_one_moment(check: &Check) {
    check.small("a worker and a snapshot", (1usize, 1usize, 1usize));
    check.forall(input::triple(1..=2, 1..=2, 1..=4), |(workers, times, looks)| {
        let tracker = Tracker::new(0);
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    for _ in 0..times {
                        tracker.add(1);
                        tracker.done();
                        tracker.add(1);
                        tracker.failed();
                    }
                });
            }
            let mut before = Snapshot::default();
            for _ in 0..looks {
                let now = tracker.snapshot();
                expect(now.done + now.failed <= now.total, Kind::WrongAnswer, || {
                    format!("each item is added before it ends, and a snapshot has more ended than there are: {now:?}")
                });
                let more_failed_than_done = now.failed > now.done;
                let far_apart = now.done - now.failed.min(now.done) > workers || now.total - now.done - now.failed > workers;
                expect(!more_failed_than_done && !far_apart, Kind::WrongAnswer, || {
                    format!("each of {workers} workers adds an item and ends it well, adds one and ends it badly, in turn; at no moment could the counts be {now:?}")
                });
                let down = now.total < before.total || now.done < before.done || now.failed < before.failed;
                expect(!down, Kind::WrongAnswer, || format!("a count went down, from {before:?} to {now:?}"));
                before = now;
            }
        });
    });
}

fn reports_come_at_the_interval(check: &Check) {
    check.forall(input::triple(1..=3, 0..=5, 0..=9), |(interval, takes, run)| {
        let has_updates = takes % 2 == 1;
        let (interval, takes, finished) = (TICK * interval as u32, TICK / 2 * takes as u32, TICK / 2 * run as u32);
        let (tracker, reports) = (Arc::new(Tracker::new(3)), Reports::default());
        let reporter = Reporter::start(&tracker, interval, reports.recorder(takes));
        for _ in 0..run {
            pause(TICK / 2);
            // Updates are no reason for a report, and their want is none against one.
            if has_updates {
                tracker.done();
            }
        }
        reporter.finish();
        let mut all = reports.all();
        // The last report has its own clause.
        all.pop();
        let (mut earliest, mut latest) = (interval, interval + SOON);
        for report in all {
            expect(report.began >= earliest, Kind::TooEarly, || {
                format!("with an interval of {interval:?}, a report began at {:?}, and should not before {earliest:?}", report.began)
            });
            expect(report.began <= latest, Kind::TooLate, || {
                format!("with an interval of {interval:?}, a report began at {:?}, and should by {latest:?}", report.began)
            });
            // The reporter may have looked at the clock a moment before its report did.
            (earliest, latest) = (report.began + interval - SOON, report.ended + interval + SOON);
        }
        expect(finished <= latest, Kind::TooLate, || {
            format!("with an interval of {interval:?}, a report should have begun by {latest:?}, and there was none when `finish` was called at {finished:?}")
        });
    });
}

/// The first report takes several intervals, the later ones no time.
fn after_a_slow_report_none_is_made_up_for(check: &Check) {
    check.forall(input::triple(1..=3, 0..=8, 1..=6), |(interval, takes, run)| {
        let (interval, takes) = (TICK * interval as u32, TICK / 2 * takes as u32);
        let (tracker, began) = (Arc::new(Tracker::new(3)), Arc::<Mutex<Vec<Duration>>>::default());
        let note = Arc::clone(&began);
        let report = move |_: Snapshot| {
            let mut began = note.lock().unwrap();
            began.push(now());
            let is_first = began.len() == 1;
            drop(began);
            if is_first && !takes.is_zero() {
                pause(takes);
            }
        };
        let reporter = Reporter::start(&tracker, interval, report);
        pause(interval + takes + TICK * run as u32);
        // The last report has its own clause.
        let all = began.lock().unwrap().clone();
        reporter.finish();
        for pair in all.windows(2) {
            expect(pair[1] + SOON >= pair[0] + interval, Kind::TooEarly, || {
                format!(
                    "the first report took {takes:?}; one began at {:?}, and the next one at {:?}, with an interval of {interval:?}",
                    pair[0], pair[1]
                )
            });
        }
    });
}

/// No item ends at a time at which a report may come.
fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let (tracker, reports) = (Arc::new(Tracker::new(0)), Reports::default());
        let reporter = Reporter::start(&tracker, 4 * TICK, reports.recorder(Duration::ZERO));
        thread::scope(|scope| {
            for worker in [0, 1] {
                let tracker = &tracker;
                scope.spawn(move || {
                    tracker.add(4);
                    for item in 0..4 {
                        pause(Duration::from_millis(160 + 80 * worker));
                        if (worker, item) == (1, 1) { tracker.failed() } else { tracker.done() }
                    }
                });
            }
        });
        reporter.finish();
        let line = |made: &Made| {
            let Snapshot { total, done, failed } = made.snapshot;
            format!("{done} of {total} done, {failed} failed")
        };
        reports.all().iter().map(line).collect::<Vec<_>>().join("\n")
    });
}

fn a_report_has_what_was_done_before_it(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 1..=6), |(interval, takes, items)| {
        let (tracker, reports) = (Arc::new(Tracker::new(items)), Reports::default());
        let reporter =
            Reporter::start(&tracker, TICK * interval as u32, reports.recorder(TICK * takes as u32));
        let mut done_at = Vec::new();
        for _ in 0..items {
            pause(TICK);
            tracker.done();
            done_at.push(now());
        }
        reporter.finish();
        for report in reports.all() {
            let wanted = done_at.iter().filter(|at| **at + SOON < report.began).count();
            expect(report.snapshot.done >= wanted, Kind::WrongAnswer, || {
                format!(
                    "the report that began at {:?} said that {} are done, and {wanted} were done long before",
                    report.began, report.snapshot.done
                )
            });
        }
    });
}

fn all_reports_come_from_the_reporters_thread(check: &Check) {
    check.forall(input::triple(1..=2, 0..=4, 0..=5), |(interval, takes, run)| {
        let (tracker, reports) = (Arc::new(Tracker::new(3)), Reports::default());
        let reporter =
            Reporter::start(&tracker, TICK * interval as u32, reports.recorder(TICK / 2 * takes as u32));
        pause(TICK / 2 * run as u32);
        reporter.finish();
        let threads: Vec<ThreadId> = reports.all().iter().map(|report| report.by).collect();
        expect(threads.iter().all(|thread| *thread == threads[0]), Kind::WrongAnswer, || {
            "`report` was called on more than one thread".into()
        });
        expect(!threads.contains(&thread::current().id()), Kind::WrongAnswer, || {
            "`report` was called on the thread of the reporter's owner".into()
        });
    });
}

fn no_interval_is_a_panic(check: &Check) {
    check.schedules(|| {
        let (tracker, reports) = (Arc::new(Tracker::new(1)), Reports::default());
        let outcome = catch(|| Reporter::start(&tracker, Duration::ZERO, reports.recorder(Duration::ZERO)));
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "an interval of zero should panic, and `start` returned".into()
        });
        expect_eq("the reports", reports.all().len(), 0);
    });
}

fn the_longest_interval_is_one(check: &Check) {
    check.forall(input::number(0..=2), |ticks| {
        let (tracker, reports) = (Arc::new(Tracker::new(1)), Reports::default());
        let reporter = Reporter::start(&tracker, Duration::MAX, reports.recorder(Duration::ZERO));
        pause(TICK * ticks as u32);
        reporter.finish();
        expect_eq("the reports with an interval of Duration::MAX", reports.all().len(), 1);
    });
}

fn the_last_report_has_everything(check: &Check) {
    check.small("an item that is done, and one that fails", (2usize, 1usize, 1usize));
    check.forall(input::triple(0..=3, 0..=2, 0..=2), |(total, done, failed)| {
        let (tracker, reports) = (Arc::new(Tracker::new(total)), Reports::default());
        let reporter = Reporter::start(&tracker, 100 * TICK, reports.recorder(Duration::ZERO));
        thread::scope(|scope| {
            scope.spawn(|| (0..done).for_each(|_| tracker.done()));
            scope.spawn(|| (0..failed).for_each(|_| tracker.failed()));
        });
        // From here on, nobody but the reporter may need the tracker.
        if total % 2 == 1 {
            drop(tracker);
        }
        reporter.finish();
        expect_eq("what the last report said", reports.last().snapshot, Snapshot { total, done, failed });
        expect_eq("the reports of less than an interval", reports.all().len(), 1);
    });
}

fn no_report_comes_after_the_last(check: &Check) {
    check.small("an item and no tick", (1usize, 0usize, 0usize));
    check.small("an item that is done as a report ends", (1usize, 2usize, 4usize));
    check.forall(input::triple(1..=2, 0..=2, 0..=4), |(interval, takes, run)| {
        let (tracker, reports) = (Arc::new(Tracker::new(1)), Reports::default());
        let reporter =
            Reporter::start(&tracker, TICK * interval as u32, reports.recorder(TICK / 2 * takes as u32));
        pause(TICK / 2 * run as u32);
        tracker.done();
        reporter.finish();
        expect_eq("how many the last report said are done", reports.last().snapshot.done, 1);
        let made = reports.all().len();
        tracker.done();
        pause(3 * TICK);
        expect_eq("the reports some time after the last", reports.all().len(), made);
    });
}

/// One of the two is finished while the other goes on.
fn two_reporters_at_once_keep_apart(check: &Check) {
    check.forall(input::pair(1..=3, 0..=2), |(items, ticks)| {
        let start = || {
            let (tracker, reports) = (Arc::new(Tracker::new(items)), Reports::default());
            let reporter = Reporter::start(&tracker, 100 * TICK, reports.recorder(Duration::ZERO));
            (tracker, reports, reporter)
        };
        let (_first, first_reports, first_reporter) = start();
        let (tracker, reports, reporter) = start();
        first_reporter.finish();
        expect_eq("the reports of the one that is finished", first_reports.all().len(), 1);
        pause(TICK * ticks as u32);
        (0..items).for_each(|_| tracker.done());
        reporter.finish();
        expect_eq("the reports of the other one", reports.all().len(), 1);
        let wanted = Snapshot { total: items, done: items, failed: 0 };
        expect_eq("what the last report of the other one said", reports.last().snapshot, wanted);
    });
}

fn finish_does_not_wait_for_the_interval(check: &Check) {
    check.forall(input::triple(1..=5, 0..=3, 0..=7), |(interval, takes, run)| {
        // The longest of these is no time that a clock could tell.
        let interval = if interval == 5 { Duration::MAX } else { TICK * interval as u32 };
        let (tracker, reports) = (Arc::new(Tracker::new(9)), Reports::default());
        let reporter = Reporter::start(&tracker, interval, reports.recorder(TICK / 2 * takes as u32));
        pause(TICK / 2 * run as u32);
        let called = now();
        reporter.finish();
        let (returned, all, last) = (now(), reports.all(), reports.last());
        // The one before the last may have been in progress.
        let free = all.iter().rev().nth(1).map_or(called, |report| report.ended.max(called));
        expect(last.began <= free + SOON, Kind::TooLate, || {
            format!("`finish` was called at {called:?} and no report was in the way after {free:?}; the last one began at {:?}", last.began)
        });
        expect(returned <= last.ended + SOON, Kind::TooLate, || {
            format!("the last report ended at {:?}, and `finish` returned at {returned:?}", last.ended)
        });
    });
}

fn a_report_may_use_the_tracker(check: &Check) {
    check.small("a last report that ends an item", (0usize, 0usize));
    check.forall(input::pair(0..=2, 0..=1), |(ticks, ends)| {
        let tracker = Arc::new(Tracker::new(0));
        let in_report = Arc::clone(&tracker);
        let report = move |snapshot: Snapshot| {
            in_report.add(1);
            if ends == 0 {
                in_report.done()
            } else {
                in_report.failed()
            }
            let now = in_report.snapshot();
            expect(now.total > snapshot.total, Kind::WrongAnswer, || {
                format!("a report that said {snapshot:?} added an item, and then a snapshot was {now:?}")
            });
        };
        let reporter = Reporter::start(&tracker, TICK, report);
        pause(TICK * ticks as u32);
        reporter.finish();
        let counts = tracker.snapshot();
        expect_eq(
            "the items that reports have added and not ended",
            counts.total - counts.done - counts.failed,
            0,
        );
    });
}

fn nobody_waits_for_a_report(check: &Check) {
    check.forall(input::pair(1..=3, 0..=3), |(workers, what)| {
        let tracker = Arc::new(Tracker::new(0));
        // The first report is made from the first tick to the sixth.
        let reporter = Reporter::start(&tracker, TICK, |_| pause(5 * TICK));
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    pause(2 * TICK);
                    match what {
                        0 => tracker.add(1),
                        1 => tracker.done(),
                        2 => tracker.failed(),
                        _ => drop(Box::new(tracker.snapshot())),
                    }
                    let waited = now() - 2 * TICK;
                    expect(waited <= SOON, Kind::TooLate, || {
                        format!("while a report was made, a call of the tracker took {waited:?}")
                    });
                });
            }
        });
        reporter.finish();
    });
}

/// In most cases a report is in progress, sooner or later.
fn a_dropped_reporter_makes_its_last_report(check: &Check) {
    check.forall(input::triple(0..=3, 0..=2, 0..=3), |(total, ticks, takes)| {
        let (tracker, reports) = (Arc::new(Tracker::new(total)), Reports::default());
        let interval = if takes == 0 { 50 * TICK } else { TICK };
        let called = {
            let _reporter = Reporter::start(&tracker, interval, reports.recorder(TICK * takes as u32));
            // Not at the moment at which a report begins or ends.
            pause(TICK * ticks as u32 + TICK / 2);
            tracker.failed();
            now()
        };
        let (returned, all, last) = (now(), reports.all(), reports.last());
        let counts = Snapshot { total, done: 0, failed: 1 };
        expect_eq("what the last report of the dropped reporter said", last.snapshot, counts);
        let free = all.iter().rev().nth(1).map_or(called, |report| report.ended.max(called));
        expect(last.began <= free + SOON, Kind::TooLate, || {
            format!("the reporter was dropped at {called:?} and no report was in the way after {free:?}; the last one began at {:?}", last.began)
        });
        expect(returned <= last.ended + SOON, Kind::TooLate, || {
            format!("the last report ended at {:?}, and the drop at {returned:?}", last.ended)
        });
        all_is_over(tracker);
    });
}

fn a_panic_of_the_owner_ends_the_reporter(check: &Check) {
    check.forall(input::triple(0..=2, 0..=1, 0..=1), |(ticks, handled, takes)| {
        let (tracker, reports) = (Arc::new(Tracker::new(5)), Reports::default());
        let (shared, recorder) = (Arc::clone(&tracker), reports.recorder(TICK * takes as u32));
        let owner = thread::spawn(move || {
            let _reporter = Reporter::start(&shared, 50 * TICK, recorder);
            pause(TICK * ticks as u32);
            if handled == 0 {
                panic!("the owner failed (the check makes it panic)");
            }
        });
        expect_eq("whether the owner panicked", owner.join().is_err(), handled == 0);
        expect(!reports.all().is_empty(), Kind::WrongAnswer, || {
            "the owner has dropped the reporter and ended, and there was no last report until then".into()
        });
        all_is_over(tracker);
        expect_eq("the total in the last report", reports.last().snapshot.total, 5);
    });
}

/// Has the report with this number panic, counted from 0, and sets the flag.
fn panics_at(bad: usize) -> (Arc<AtomicBool>, impl FnMut(Snapshot) + Send + 'static) {
    let panicked = Arc::<AtomicBool>::default();
    let (flag, mut made) = (Arc::clone(&panicked), 0);
    let report = move |_: Snapshot| {
        expect(made <= bad, Kind::WrongAnswer, || "`report` was called again after it had panicked".into());
        made += 1;
        if made > bad {
            flag.store(true, Ordering::SeqCst);
            panic!("report {bad} failed (the check makes it panic)");
        }
    };
    (panicked, report)
}

fn a_panic_of_a_report_comes_out_of_finish(check: &Check) {
    check.forall(input::pair(0..=2, 0..=3), |(bad, ticks)| {
        let tracker = Arc::new(Tracker::new(1));
        let (panicked, report) = panics_at(bad);
        let reporter = Reporter::start(&tracker, TICK, report);
        pause(TICK * ticks as u32 + TICK / 2);
        match (catch(|| reporter.finish()), panicked.load(Ordering::SeqCst)) {
            (Ok(()), false) => {}
            (Ok(()), true) => fail(Kind::SwallowedPanic, "`report` panicked, and `finish` returned"),
            (Err(_), false) => fail(Kind::Panicked, "`report` did not panic, and `finish` did"),
            (Err(payload), true) => {
                let wanted = format!("report {bad} failed (the check makes it panic)");
                expect_eq("the payload of the panic of `finish`", panic_message(&*payload), Some(&*wanted));
            }
        }
        all_is_over(tracker);
    });
}

fn a_panic_of_a_report_harms_nobody_else(check: &Check) {
    check.forall(input::pair(0..=1, 0..=2), |(bad, ticks)| {
        let tracker = Arc::new(Tracker::new(1));
        {
            let _reporter = Reporter::start(&tracker, TICK, panics_at(bad).1);
            pause(TICK * ticks as u32 + TICK / 2);
            tracker.add(1);
            tracker.done();
            tracker.failed();
        }
        let counts = Snapshot { total: 2, done: 1, failed: 1 };
        expect_eq("the snapshot after a report has panicked", tracker.snapshot(), counts);
        all_is_over(tracker);
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.small("a reporter that is finished at once", (1usize, 0usize, 1usize));
    check.forall(input::triple(1..=2, 0..=3, 0..=3), |(interval, run, how)| {
        let (finish, panics) = (how % 2, how / 2 == 1);
        let (tracker, drops) = (Arc::new(Tracker::new(1)), Drops::new());
        let token = drops.token();
        let reporter = Reporter::start(&tracker, TICK * interval as u32, move |_| {
            let _ = &token;
            pause(TICK / 2);
            if panics {
                panic!("a report failed (the check makes it panic)");
            }
        });
        pause(TICK / 2 * run as u32);
        if finish == 1 {
            let outcome = catch(|| reporter.finish());
            expect_eq("whether `finish` panicked", outcome.is_err(), panics);
        } else {
            let _dropped_here = reporter;
        }
        expect_eq("how many `report`s are not dropped", drops.alive(), 0);
        all_is_over(tracker);
    });
}

fn waiting_is_no_spin(check: &Check) {
    check.forall(input::pair(2..=4, 0..=2), |(interval, takes)| {
        let (tracker, reports) = (Arc::new(Tracker::new(1)), Reports::default());
        let reporter =
            Reporter::start(&tracker, TICK * interval as u32, reports.recorder(TICK * takes as u32));
        pause(TICK);
        settle();
        pause(TICK * interval as u32);
        settle();
        reporter.finish();
    });
}
