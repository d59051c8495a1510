//! The contract of README.md, a check or more for each clause.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{
    Check, Kind, Meter, Page, catch, checks, every_thread_has_finished, expect, expect_eq,
    expect_in_any_order, fail, input,
};
use harness::{now, pause};

checks! {
    1 => the_total_is_the_sum_of_the_partials;
    1 => every_task_is_computed_once;
    1 => many_tasks_are_no_different;
    1 => two_calls_at_once_keep_apart;
    2 => each_task_has_its_line_and_the_total_comes_last;
    2 => the_documented_run;
    3 => a_line_is_written_when_its_task_completes simulated;
    4 => as_many_tasks_at_once_as_there_are_workers simulated;
    5 => never_more_tasks_at_once_than_workers;
    5 => no_workers_is_a_panic;
    6 => nothing_goes_on_after_the_return;
    7 => a_panicking_task_panics_the_call;
    7 => a_panicking_task_leaves_nothing_behind;
    8 => an_error_of_the_writer_is_returned;
    9 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);

/// The sum of i² for 0 ≤ i < n, by another way than the program's.
fn sum_of_squares(n: u64) -> u64 {
    n * n.saturating_sub(1) * (2 * n).saturating_sub(1) / 6
}

fn the_total_is_the_sum_of_the_partials(check: &Check) {
    check.small("2 tasks and 2 workers", (vec![1u64, 2], 2usize));
    check.forall(input::numbers_and(0..8, 0..=6, 1..=4), |(tasks, workers)| {
        for n in &tasks {
            let what = format!("`sum_of_squares({n})`");
            expect_eq(&what, sum_of_squares::sum_of_squares(*n), sum_of_squares(*n));
        }
        let total = run(&tasks, workers, sum_of_squares::sum_of_squares, Page::new());
        let wanted = tasks.iter().map(|n| sum_of_squares(*n)).sum::<u64>();
        expect_eq("the total returned", total.ok(), Some(wanted));
    });
}

fn every_task_is_computed_once(check: &Check) {
    check.small("2 tasks and 2 workers", (vec![1u64, 2], 2usize));
    check.forall(input::numbers_and(0..4, 0..=6, 1..=4), |(tasks, workers)| {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let work = |n: u64| {
            calls.lock().unwrap().push(n);
            // Not what the given function returns: the partials come from `work`.
            n + 1
        };
        let total = run(&tasks, workers, work, Page::new());
        expect_eq("the total returned", total.ok(), Some(tasks.iter().map(|n| n + 1).sum::<u64>()));
        let called = calls.lock().unwrap().clone();
        expect_in_any_order("the tasks that `work` was called for", &called, &tasks);
    });
}

fn many_tasks_are_no_different(check: &Check) {
    check.forall(input::many_and(65..=300, 1..=3), |(tasks, workers)| {
        let tasks: Vec<u64> = (0..tasks as u64).collect();
        let total = run(&tasks, workers, |n| n, Page::new());
        expect_eq(&format!("the total of {} tasks", tasks.len()), total.ok(), Some(tasks.iter().sum()));
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(one, other, workers)| {
        let call = |tasks: usize| {
            let page = Page::new();
            let total = run(&(0..tasks as u64).collect::<Vec<_>>(), workers, |n| n + 1, page.clone());
            (total.ok(), page.lines().len())
        };
        let wanted = |tasks: usize| (Some((1..=tasks as u64).sum()), tasks + 2);
        let (a, b) = thread::scope(|scope| {
            let a = scope.spawn(|| call(one));
            let b = call(other);
            (a.join().unwrap_or_default(), b)
        });
        expect_eq("the total and the lines of one of two calls at once", a, wanted(one));
        expect_eq("the total and the lines of one of two calls at once", b, wanted(other));
    });
}

fn each_task_has_its_line_and_the_total_comes_last(check: &Check) {
    check.small("2 tasks and 2 workers", (vec![1u64, 2], 2usize));
    check.forall(input::numbers_and(0..30, 0..=5, 1..=4), |(tasks, workers)| {
        let page = Page::new();
        let _ = run(&tasks, workers, sum_of_squares, page.clone());
        let text = page.text();
        let wanted: u64 = tasks.iter().map(|n| sum_of_squares(*n)).sum();
        let end = format!("\nAggregate total: {wanted}\n");
        let Some(lines) = text.strip_suffix(&end) else {
            fail(Kind::WrongAnswer, format!("the output should end with {end:?}, and is {text:?}"));
        };
        let got: Vec<String> = lines.split_inclusive('\n').map(str::to_owned).collect();
        let line = |n: &u64| format!("n={n}: {}\n", sum_of_squares(*n));
        expect_in_any_order("the lines of the tasks", &got, &tasks.iter().map(line).collect::<Vec<_>>());
    });
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let page = Page::new();
        let tasks: Vec<u64> = (1..=10).map(|k| k * 1000).collect();
        let total = run(&tasks, 4, |n| (n - 1) * n * (2 * n - 1) / 6, page.clone());
        let text = page.text();
        let mut lines: Vec<&str> = text.lines().collect();
        // Which of the tasks completes first is the schedule's choice here.
        let tasks_end = lines.iter().position(|l| l.is_empty()).unwrap_or(lines.len());
        lines[..tasks_end].sort_by_key(|l| (l.len(), l.to_string()));
        format!("{}\nreturned: {total:?}", lines.join("\n"))
    });
}

/// When each task completed.
type Completions = Arc<Mutex<Vec<(u64, Duration)>>>;

fn a_line_is_written_when_its_task_completes(check: &Check) {
    check.forall(input::numbers_and(0..5, 1..=6, 1..=4), |(ticks, workers)| {
        let page = Page::new();
        let completed: Completions = Arc::default();
        let tasks: Vec<u64> = (0..ticks.len() as u64).collect();
        let work = |n: u64| {
            pause(TICK * ticks[n as usize] as u32);
            completed.lock().unwrap().push((n, now()));
            n
        };
        let _ = run(&tasks, workers, work, page.clone());
        let completed = completed.lock().unwrap();
        let mut latest = Duration::ZERO;
        for line in page.lines() {
            let Some(n) = line.text.strip_prefix("n=").and_then(|l| l.split(':').next()?.parse::<u64>().ok()) else {
                break;
            };
            let Some((_, at)) = completed.iter().find(|(m, _)| *m == n) else {
                fail(Kind::TooEarly, format!("the line of task n={n} was written, and the task never completed"));
            };
            expect(line.at >= *at, Kind::TooEarly, || {
                format!("the line of task n={n} was written at {:?}, and the task completed at {at:?}", line.at)
            });
            expect(line.at <= *at + SOON, Kind::TooLate, || {
                format!("task n={n} completed at {at:?}, and its line was written at {:?}", line.at)
            });
            expect(*at + SOON >= latest, Kind::WrongAnswer, || {
                format!("the line of task n={n}, which completed at {at:?}, comes after that of one that completed at {latest:?}")
            });
            latest = latest.max(*at);
        }
    });
}

fn as_many_tasks_at_once_as_there_are_workers(check: &Check) {
    check.small("2 tasks and 2 workers", (2usize, 2usize));
    check.forall(input::pair_or_hundred(2..=11, 2..=9), |(tasks, workers)| {
        let meter = Meter::new();
        let work = |n| {
            let _inside = meter.enter();
            pause(TICK);
            n
        };
        let tasks: Vec<u64> = (0..tasks as u64).collect();
        let _ = run(&tasks, workers, work, Page::new());
        let wanted = workers.min(tasks.len());
        expect(meter.peak() >= wanted, Kind::Sequential, || {
            format!("with {} tasks and {workers} workers, {wanted} should be in progress at once; there never were more than {}", tasks.len(), meter.peak())
        });
    });
}

fn never_more_tasks_at_once_than_workers(check: &Check) {
    check.small("3 tasks and 2 workers", (3usize, 2usize));
    check.forall(input::pair(0..=7, 1..=4), |(tasks, workers)| {
        let meter = Meter::new();
        let work = |n| {
            let _inside = meter.enter();
            meter.at_most(workers, "tasks");
            pause(TICK);
            n
        };
        let tasks: Vec<u64> = (0..tasks as u64).collect();
        let _ = run(&tasks, workers, work, Page::new());
    });
}

fn no_workers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=2), |tasks| {
        let meter = Meter::new();
        let tasks: Vec<u64> = (0..tasks as u64).collect();
        let outcome = catch(|| {
            run(
                &tasks,
                0,
                |n| {
                    let _inside = meter.enter();
                    n
                },
                Page::new(),
            )
        });
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "run with 0 workers should panic, and returned".into()
        });
        expect_eq("the calls of `work` with 0 workers", meter.entered(), 0);
    });
}

fn nothing_goes_on_after_the_return(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=5, 1..=4), |(tasks, workers)| {
        let meter = Meter::new();
        let page = Page::new();
        let work = |n| {
            let _inside = meter.enter();
            pause(TICK * n as u32);
            n
        };
        let _ = run(&tasks, workers, work, page.clone());
        nothing_is_left(&meter);
    });
}

fn nothing_is_left(meter: &Meter) {
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the call has ended, and {} of its tasks are still in progress", meter.inside())
    });
    every_thread_has_finished();
}

/// Runs `tasks` tasks, of which number `bad` panics, and says how that ended.
fn run_with_a_panic(tasks: usize, workers: usize, bad: usize, page: &Page, meter: &Meter) {
    let list: Vec<u64> = (0..tasks as u64).collect();
    let (bad, panicked) = ((bad % tasks) as u64, Meter::new());
    let work = |n: u64| {
        let _inside = meter.enter();
        if n == bad {
            drop(panicked.enter());
            panic!("task n={n} failed (the check makes it panic)");
        }
        pause(TICK * n as u32);
        n
    };
    let outcome = catch(|| run(&list, workers, work, page.clone()));
    if let Ok(returned) = outcome {
        expect(panicked.entered() > 0, Kind::WrongAnswer, || {
            format!(
                "`work` panics for task {bad}, it was never called for it, and the call returned {returned:?}"
            )
        });
        fail(Kind::SwallowedPanic, format!("`work` panicked for a task, and the call returned {returned:?}"));
    }
}

fn a_panicking_task_panics_the_call(check: &Check) {
    check.small("2 tasks, one of which panics, and 2 workers", (2usize, 2usize, 0usize));
    check.forall(input::triple(1..=5, 1..=3, 0..=4), |(tasks, workers, bad)| {
        let page = Page::new();
        run_with_a_panic(tasks, workers, bad, &page, &Meter::new());
        expect(!page.text().contains("Aggregate"), Kind::WrongAnswer, || {
            "a task panicked, and an aggregate total was written all the same".into()
        });
    });
}

fn a_panicking_task_leaves_nothing_behind(check: &Check) {
    check.forall(input::triple(1..=5, 1..=3, 0..=4), |(tasks, workers, bad)| {
        let meter = Meter::new();
        run_with_a_panic(tasks, workers, bad, &Page::new(), &meter);
        nothing_is_left(&meter);
    });
}

fn an_error_of_the_writer_is_returned(check: &Check) {
    check.small("2 tasks, 2 workers and a failing writer", (2usize, 2usize, 0usize));
    check.forall(input::triple(0..=4, 1..=3, 0..=32), |(tasks, workers, write)| {
        // An error may last, or come and go.
        let page =
            if write % 2 == 0 { Page::failing_at(write / 2) } else { Page::failing_once_at(write / 2) };
        let meter = Meter::new();
        let work = |n: u64| {
            let _inside = meter.enter();
            pause(TICK * n as u32);
            n
        };
        let list: Vec<u64> = (0..tasks as u64).collect();
        let outcome = run(&list, workers, work, page.clone());
        expect(outcome.is_err() == page.refused(), Kind::WrongAnswer, || match outcome {
            Ok(total) => format!("the writer refused a write, and the call returned Ok({total})"),
            Err(error) => format!("the writer took every write, and the call returned Err({error})"),
        });
        nothing_is_left(&meter);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::pair(1..=4, 1..=3), |(tasks, workers)| {
        let list: Vec<u64> = (0..tasks as u64).collect();
        let work = |n: u64| {
            pause(TICK * (n as u32 + 1));
            n
        };
        let _ = run(&list, workers, work, Page::new());
    });
}

/// The function under test with its arguments in boxes: so it is compiled once, and not anew for each check.
fn run<'a>(
    tasks: &[u64],
    workers: usize,
    work: impl Fn(u64) -> u64 + Sync + 'a,
    out: impl Write + Send + 'a,
) -> io::Result<u64> {
    let work: Box<dyn Fn(u64) -> u64 + Sync + 'a> = Box::new(work);
    let out: Box<dyn Write + Send + 'a> = Box::new(out);
    sum_of_squares::run(tasks, workers, work, out)
}
