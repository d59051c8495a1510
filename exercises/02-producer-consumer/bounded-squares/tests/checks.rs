//! The contract of README.md, a check or more for each clause.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use harness::{
    Check, Kind, Meter, Page, catch, checks, every_thread_has_finished, expect, expect_eq,
    expect_in_any_order, fail, input,
};
use harness::{now, pause, settle};

checks! {
    1 => each_item_gives_one_result_and_they_are_sorted;
    1 => two_calls_at_once_keep_apart;
    2 => each_item_has_its_line;
    2 => a_line_is_written_when_its_item_completes simulated;
    2 => a_line_is_written_while_the_source_is_slow simulated;
    2 => the_documented_run;
    3 => no_more_than_the_capacity_waits;
    3 => nothing_is_pulled_for_consumers_that_have_ended;
    3 => no_capacity_is_a_panic;
    4 => the_producer_runs_ahead_until_the_queue_is_full simulated;
    5 => each_consumer_is_a_thread_with_its_name;
    5 => all_consumers_work_at_the_same_time simulated;
    5 => no_consumers_is_a_panic;
    6 => any_number_of_items_of_any_value;
    6 => many_items_are_no_different;
    6 => a_slow_source_is_waited_for simulated;
    7 => the_others_go_on_when_a_consumer_panics;
    7 => a_panic_of_every_consumer_ends_the_call;
    8 => an_error_of_the_writer_is_returned;
    8 => an_error_of_the_writer_ends_a_call_with_a_long_source simulated;
    9 => nothing_goes_on_after_the_return;
    10 => waiting_for_an_item_is_no_spin simulated;
    10 => waiting_for_room_is_no_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
const NAMES: [&str; 6] = ["ada", "bob", "cyd", "dan", "eve-with-a-name-that-is-long", "fay"];

/// The items of a case, counted as they are pulled.
#[derive(Clone)]
struct Source {
    items: std::vec::IntoIter<u64>,
    pulled: Arc<AtomicUsize>,
    /// How long each item lets itself be waited for.
    each: Duration,
}

impl Source {
    fn new(items: Vec<u64>) -> Self {
        Self { items: items.into_iter(), pulled: Arc::default(), each: Duration::ZERO }
    }

    fn pulled(&self) -> usize {
        self.pulled.load(Ordering::SeqCst)
    }
}

impl Iterator for Source {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if !self.each.is_zero() {
            pause(self.each);
        }
        let item = self.items.next()?;
        self.pulled.fetch_add(1, Ordering::SeqCst);
        Some(item)
    }
}

fn square(item: u64) -> u64 {
    item * item
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort_unstable();
    items
}

fn each_item_gives_one_result_and_they_are_sorted(check: &Check) {
    check.small("2 items and a consumer", (vec![2u64, 1], 1usize, 1usize));
    check.forall(input::numbers_and_two(0..8, 0..=9, 1..=3, 1..=3), |(items, capacity, consumers)| {
        let called = Mutex::new(Vec::new());
        let work = |item| {
            called.lock().unwrap().push(item);
            square(item)
        };
        let results = process(items.clone(), capacity, &NAMES[..consumers], work, Page::new());
        expect_in_any_order("the items that `work` was called for", &called.into_inner().unwrap(), &items);
        expect_eq("the results", results.ok(), Some(sorted(items.into_iter().map(square).collect())));
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(one, other, consumers)| {
        let call = |items: usize| {
            let page = Page::new();
            let results = process(0..items as u64, 1, &NAMES[..consumers], square, page.clone());
            (results.ok(), page.lines().len())
        };
        let wanted = |items: usize| (Some((0..items as u64).map(square).collect()), items);
        let (a, b) = thread::scope(|scope| {
            let a = scope.spawn(|| call(one));
            let b = call(other);
            (a.join().unwrap_or_default(), b)
        });
        expect_eq("the results and the number of lines of one of two calls at once", a, wanted(one));
        expect_eq("the results and the number of lines of one of two calls at once", b, wanted(other));
    });
}

/// What each call of `work` was for, by whom, and when it completed.
type Log = Arc<Mutex<Vec<(String, u64, Duration)>>>;

/// Squares `item` after as many ticks, and notes it.
fn logged(log: &Log, item: u64) -> u64 {
    pause(TICK * item as u32);
    let name = thread::current().name().unwrap_or("a thread without a name").to_owned();
    log.lock().unwrap().push((name, item, now()));
    square(item)
}

fn each_item_has_its_line(check: &Check) {
    check.forall(input::numbers_and_two(0..3, 0..=6, 1..=3, 1..=3), |(items, capacity, consumers)| {
        let (page, log) = (Page::new(), Log::default());
        let _ = process(items, capacity, &NAMES[..consumers], |item| logged(&log, item), page.clone());
        let wanted: Vec<String> = log
            .lock()
            .unwrap()
            .iter()
            .map(|(name, item, _)| format!("{name} processed {item} -> {}\n", square(*item)))
            .collect();
        let got: Vec<String> = page.text().split_inclusive('\n').map(str::to_owned).collect();
        expect_in_any_order("the lines", &got, &wanted);
    });
}

fn a_line_is_written_when_its_item_completes(check: &Check) {
    check.forall(input::numbers_and_two(0..4, 1..=6, 1..=3, 1..=3), |(ticks, capacity, consumers)| {
        lines_are_in_time(&ticks, Duration::ZERO, capacity, consumers);
    });
}

fn a_line_is_written_while_the_source_is_slow(check: &Check) {
    check.forall(input::numbers_and_two(0..4, 1..=4, 1..=3, 1..=3), |(ticks, capacity, consumers)| {
        lines_are_in_time(&ticks, TICK * 5, capacity, consumers);
    });
}

/// Processes an item for each number in `ticks`, which takes so long, and compares the times.
fn lines_are_in_time(ticks: &[u64], each: Duration, capacity: usize, consumers: usize) {
    let (page, completed) = (Page::new(), Mutex::new(BTreeMap::new()));
    let work = |item: u64| {
        pause(TICK * ticks[item as usize] as u32);
        completed.lock().unwrap().insert(item, now());
        item
    };
    let source = Source { each, ..Source::new((0..ticks.len() as u64).collect()) };
    let _ = process(source, capacity, &NAMES[..consumers], work, page.clone());
    let completed = completed.into_inner().unwrap();
    for line in page.lines() {
        let item = line.text.split(' ').nth(2).and_then(|i| i.parse::<u64>().ok());
        let Some(at) = item.and_then(|i| completed.get(&i)) else {
            fail(Kind::WrongAnswer, format!("the line {:?} is of no item that was completed", line.text));
        };
        expect(line.at >= *at, Kind::TooEarly, || {
            format!("{:?} was written at {:?}, and the item completed at {at:?}", line.text, line.at)
        });
        expect(line.at <= *at + SOON, Kind::TooLate, || {
            format!("an item completed at {at:?}, and its line {:?} was written at {:?}", line.text, line.at)
        });
    }
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let page = Page::new();
        let results = process(1..=20, 5, &["alice", "bob"], square, page.clone());
        // Who processes which item is the schedule's choice.
        let text = page.text().replace("alice", "(name)").replace("bob", "(name)");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_by_key(|line| (line.len(), line.to_string()));
        format!("{}\n{:?}", lines.join("\n"), results.ok())
    });
}

/// The pause in `work` holds all consumers: when it is over, the producer has pulled all that it can.
fn no_more_than_the_capacity_waits(check: &Check) {
    check.small("4 items and a consumer", (4usize, 1usize, 1usize));
    check.forall(input::triple(0..=20, 1..=12, 1..=3), |(items, capacity, consumers)| {
        let source = Source::new((0..items as u64).collect());
        let (counter, meter) = (source.clone(), Meter::new());
        let work = |item| {
            let _inside = meter.enter();
            pause(TICK);
            // Whatever could be pulled meanwhile has been.
            let (pulled, begun) = (counter.pulled(), meter.entered());
            if meter.inside() == consumers {
                let waiting = pulled.saturating_sub(begun);
                expect(waiting <= capacity + 1, Kind::Unbounded, || {
                    format!("all consumers were at work ({consumers}), and {pulled} items had been pulled: {waiting} waited, where the queue holds {capacity} and the producer 1")
                });
            }
            item
        };
        let _ = process(source, capacity, &NAMES[..consumers], work, Page::new());
    });
}

fn the_producer_runs_ahead_until_the_queue_is_full(check: &Check) {
    check.forall(input::triple(1..=20, 1..=12, 1..=3), |(items, capacity, consumers)| {
        let source = Source::new((0..items as u64).collect());
        let (counter, meter) = (source.clone(), Meter::new());
        let work = |item| {
            let _inside = meter.enter();
            pause(TICK);
            // A load is a scheduling point, the meter is not: nothing happens between here and the comparison.
            let (pulled, begun) = (counter.pulled(), meter.entered());
            // All consumers have been at work for a while, so the producer has had the time it needs.
            if meter.inside() == consumers && meter.last_entered() + SOON <= now() {
                let wanted = items.min(begun + capacity);
                expect(pulled >= wanted, Kind::Sequential, || {
                    format!(
                        "all consumers were at work ({consumers}) and the queue holds {capacity}; of {items} items, \
                         {wanted} could have been pulled by then, and {pulled} were"
                    )
                });
            }
            item
        };
        let _ = process(source, capacity, &NAMES[..consumers], work, Page::new());
    });
}

/// Expects a panic that comes before any item is pulled.
fn refuses(items: usize, capacity: usize, consumers: &'static [&'static str], what: &str) {
    let source = Source::new((0..items as u64).collect());
    let counter = source.clone();
    let outcome = catch(|| process(source, capacity, consumers, square, Page::new()));
    expect(outcome.is_err(), Kind::WrongAnswer, || format!("process with {what} should panic, and returned"));
    expect_eq("the items pulled", counter.pulled(), 0);
}

fn no_capacity_is_a_panic(check: &Check) {
    check.forall(input::number(0..=3), |items| refuses(items, 0, &["ada"], "a capacity of 0"));
}

fn no_consumers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=3), |items| refuses(items, 1, &[], "no consumers"));
}

fn each_consumer_is_a_thread_with_its_name(check: &Check) {
    check.forall(input::triple(0..=9, 1..=3, 1..=6), |(items, capacity, consumers)| {
        let names = &NAMES[..consumers];
        let threads: Mutex<BTreeMap<String, ThreadId>> = Mutex::default();
        let work = |item| {
            pause(TICK);
            let current = thread::current();
            let name = current.name().unwrap_or("a thread without a name").to_owned();
            expect(names.contains(&&*name), Kind::WrongAnswer, || {
                format!("`work` was called on {name:?}, and the consumers are {names:?}")
            });
            let first = *threads.lock().unwrap().entry(name.clone()).or_insert(current.id());
            expect(first == current.id(), Kind::Oversubscribed, || {
                format!("there is more than one thread named {name:?}")
            });
            item
        };
        let _ = process(0..items as u64, capacity, names, work, Page::new());
    });
}

fn all_consumers_work_at_the_same_time(check: &Check) {
    check.forall(input::triple(2..=8, 1..=3, 2..=6), |(items, capacity, consumers)| {
        let meter = Meter::new();
        let work = |item| {
            let _inside = meter.enter();
            meter.at_most(consumers, "items");
            pause(TICK);
            item
        };
        let _ = process(0..items as u64, capacity, &NAMES[..consumers], work, Page::new());
        let wanted = consumers.min(items);
        expect(meter.peak() >= wanted, Kind::Sequential, || {
            format!("with {items} items and {consumers} consumers, {wanted} should be in work at once; there never were more than {}", meter.peak())
        });
    });
}

fn any_number_of_items_of_any_value(check: &Check) {
    check.small("an item and 2 consumers", (vec![0u64], 1usize, 2usize));
    check.forall(input::numbers_and_two(0..6, 0..=5, 1..=6, 1..=4), |(choices, capacity, consumers)| {
        const VALUES: [u64; 6] = [0, u64::MAX, 1, u64::MAX - 1, i64::MAX as u64, u32::MAX as u64];
        let items: Vec<u64> = choices.iter().map(|c| VALUES[*c as usize]).collect();
        let results = process(items.clone(), capacity, &NAMES[..consumers], |item| item, Page::new());
        expect_eq("the results, where `work` returns the item", results.ok(), Some(sorted(items)));
    });
}

fn many_items_are_no_different(check: &Check) {
    check.forall(input::thousand_and_two(33..=70, 1..=4, 1..=3), |(items, capacity, consumers)| {
        let results = process(0..items as u64, capacity, &NAMES[..consumers], |item| item, Page::new());
        let count = results.as_ref().map_or(0, Vec::len);
        expect_eq(&format!("the number of results of {items} items"), count, items);
        let are_sorted = results.is_ok_and(|results| results.into_iter().eq(0..items as u64));
        expect(are_sorted, Kind::WrongAnswer, || format!("the results of {items} items are not theirs"));
    });
}

fn a_slow_source_is_waited_for(check: &Check) {
    check.forall(input::triple(0..=3, 1..=3, 1..=3), |(items, capacity, consumers)| {
        let seconds = Duration::from_secs(5);
        let source = Source { each: seconds, ..Source::new((0..items as u64).collect()) };
        let results = process(source, capacity, &NAMES[..consumers], |item| item, Page::new());
        expect_eq(
            "the results, where `work` returns the item",
            results.ok(),
            Some((0..items as u64).collect()),
        );
    });
}

/// Processes `items` items, of which the first `bad` panic, and says which were begun.
fn process_with_panics(
    items: usize,
    bad: usize,
    capacity: usize,
    consumers: usize,
    page: &Page,
    meter: &Meter,
) -> Vec<u64> {
    let begun = Mutex::new(Vec::new());
    let work = |item: u64| {
        let _inside = meter.enter();
        begun.lock().unwrap_or_else(|e| e.into_inner()).push(item);
        if item < bad as u64 {
            panic!("item {item} failed (the check makes it panic)");
        }
        pause(TICK);
        square(item)
    };
    let outcome = catch(|| process(0..items as u64, capacity, &NAMES[..consumers], work, page.clone()));
    let begun = sorted(begun.into_inner().unwrap_or_else(|e| e.into_inner()));
    if let Ok(returned) = outcome {
        expect(begun.iter().any(|item| *item < bad as u64), Kind::WrongAnswer, || {
            format!(
                "`work` panics for item 0, it was never called for it, and the call returned {returned:?}"
            )
        });
        fail(Kind::SwallowedPanic, format!("`work` panicked, and the call returned {returned:?}"));
    }
    begun
}

fn the_others_go_on_when_a_consumer_panics(check: &Check) {
    check.small("2 items, one of which panics, and 2 consumers", (2usize, 1usize, 2usize));
    check.forall(input::triple(1..=8, 1..=3, 2..=3), |(items, capacity, consumers)| {
        let (page, meter) = (Page::new(), Meter::new());
        let bad = (consumers - 1).min(items);
        let begun = process_with_panics(items, bad, capacity, consumers, &page, &meter);
        expect_eq("the items that were worked on", begun, (0..items as u64).collect());
        expect_eq("the number of lines", page.lines().len(), items - bad);
        nothing_is_left(&meter);
    });
}

fn a_panic_of_every_consumer_ends_the_call(check: &Check) {
    check.small("3 items and a consumer that panics", (3usize, 1usize, 1usize));
    check.forall(input::triple(1..=8, 1..=3, 1..=3), |(items, capacity, consumers)| {
        let (page, meter) = (Page::new(), Meter::new());
        process_with_panics(items, items, capacity, consumers, &page, &meter);
        nothing_is_left(&meter);
    });
}

fn nothing_is_pulled_for_consumers_that_have_ended(check: &Check) {
    check.forall(input::triple(20..=40, 1..=3, 1..=3), |(items, capacity, consumers)| {
        let source = Source::new((0..items as u64).collect());
        let (counter, begun) = (source.clone(), AtomicUsize::new(0));
        let work = |item: u64| -> u64 {
            begun.fetch_add(1, Ordering::SeqCst);
            panic!("item {item} failed (the check makes it panic)");
        };
        let _ = catch(|| process(source, capacity, &NAMES[..consumers], work, Page::new()));
        let (pulled, begun) = (counter.pulled(), begun.into_inner());
        expect(pulled <= begun + capacity + 1, Kind::Unbounded, || {
            format!("all consumers had panicked, after they had begun {begun} of the items, and {pulled} were pulled, where the queue holds {capacity} and the producer 1")
        });
    });
}

fn an_error_of_the_writer_is_returned(check: &Check) {
    check.small("4 items, a consumer and a failing writer", (4usize, 1usize, 0usize));
    check.forall(input::triple(0..=6, 1..=3, 0..=32), |(items, consumers, write)| {
        // An error may last, or come and go.
        let page =
            if write % 2 == 0 { Page::failing_at(write / 2) } else { Page::failing_once_at(write / 2) };
        let meter = Meter::new();
        let work = |item| {
            let _inside = meter.enter();
            pause(TICK);
            item
        };
        let outcome = process(0..items as u64, 2, &NAMES[..consumers], work, page.clone());
        expect(outcome.is_err() == page.refused(), Kind::WrongAnswer, || match outcome {
            Ok(results) => format!("the writer refused a write, and the call returned Ok({results:?})"),
            Err(error) => format!("the writer took every write, and the call returned Err({error})"),
        });
        nothing_is_left(&meter);
    });
}

/// The source yields an item each tick, for minutes.
fn an_error_of_the_writer_ends_a_call_with_a_long_source(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=3), |(capacity, consumers, write)| {
        let page = Page::failing_at(write);
        let source = Source { each: TICK, ..Source::new((0..600).collect()) };
        let before = now();
        let work = |item| {
            pause(TICK);
            item
        };
        let outcome = process(source, capacity, &NAMES[..consumers], work, page.clone());
        let took = now() - before;
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "the writer refused a write, and the call returned `Ok`".into()
        });
        // The error comes with one of the first lines.
        expect(took <= 20 * TICK, Kind::TooLate, || {
            format!("a write failed within the first second, and the call returned after {took:?}, while the source still had items")
        });
    });
}

fn nothing_is_left(meter: &Meter) {
    expect(meter.inside() == 0, Kind::LeakedThread, || {
        format!("the call has ended, and {} items are still in work", meter.inside())
    });
    every_thread_has_finished();
}

fn nothing_goes_on_after_the_return(check: &Check) {
    check.forall(input::numbers_and_two(0..3, 0..=6, 1..=3, 1..=3), |(items, capacity, consumers)| {
        let meter = Meter::new();
        let work = |item| {
            let _inside = meter.enter();
            pause(TICK * item as u32);
            item
        };
        let _ = process(items, capacity, &NAMES[..consumers], work, Page::new());
        nothing_is_left(&meter);
    });
}

fn waiting_for_an_item_is_no_spin(check: &Check) {
    check.forall(input::triple(1..=4, 1..=3, 1..=3), |(items, capacity, consumers)| {
        let source = Source { each: TICK, ..Source::new((0..items as u64).collect()) };
        let _ = process(source, capacity, &NAMES[..consumers], square, Page::new());
    });
}

fn waiting_for_room_is_no_spin(check: &Check) {
    check.forall(input::triple(1..=5, 1..=2, 1..=2), |(items, capacity, consumers)| {
        let work = |item| {
            pause(TICK);
            settle();
            item
        };
        let _ = process(0..items as u64, capacity, &NAMES[..consumers], work, Page::new());
    });
}

/// The function under test with its arguments in boxes: so it is compiled once, and not anew for each check.
fn process<'a>(
    items: impl IntoIterator<IntoIter = impl Iterator<Item = u64> + Send + 'a>,
    capacity: usize,
    consumers: &[&str],
    work: impl Fn(u64) -> u64 + Sync + 'a,
    out: impl Write + Send + 'a,
) -> io::Result<Vec<u64>> {
    let items: Box<dyn Iterator<Item = u64> + Send + 'a> = Box::new(items.into_iter());
    let work: Box<dyn Fn(u64) -> u64 + Sync + 'a> = Box::new(work);
    let out: Box<dyn Write + Send + 'a> = Box::new(out);
    bounded_squares::process(items, capacity, consumers, work, out)
}
