//! The contract of README.md, a check or more for each clause.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use harness::{Check, Kind, checks, every_thread_has_finished, expect, expect_eq, input, now, pause, settle};

checks! {
    1 => every_page_is_printed_in_order;
    1 => slow_reading_and_slow_printing_lose_nothing;
    1 => two_calls_at_once_keep_apart;
    1 => a_call_waits_for_no_other_call simulated;
    1 => no_thread_is_left_behind;
    2 => pages_are_read_ahead simulated;
    3 => no_more_than_the_capacity_waits;
}

const HOUR: Duration = Duration::from_hours(1);
const TICK: Duration = Duration::from_millis(100);

/// A disk, from which each page is read in `slow`, and how many pages have been pulled from it.
fn disk(pages: usize, slow: Duration) -> (impl Iterator<Item = u64> + Send, Arc<AtomicUsize>) {
    let pulled = Arc::<AtomicUsize>::default();
    let counter = pulled.clone();
    let read = move |page| {
        if !slow.is_zero() {
            pause(slow);
        }
        counter.fetch_add(1, Ordering::SeqCst);
        // Every other page has the same number.
        page / 2
    };
    ((0..pages as u64).map(read), pulled)
}

/// A call with its arguments in boxes, so that it is compiled once.
fn print_ahead(
    pages: impl Iterator<Item = u64> + Send,
    capacity: usize,
    mut print: impl FnMut(u64) + Send,
) -> usize {
    let pages: Box<dyn Iterator<Item = u64> + Send + '_> = Box::new(pages);
    let print: &mut (dyn FnMut(u64) + Send) = &mut print;
    read_ahead::print_ahead(pages, capacity, print)
}

fn prints_all(pages: usize, capacity: usize, reading: Duration, printing: Duration) {
    let mut printed = Vec::new();
    let count = print_ahead(disk(pages, reading).0, capacity, |page| {
        if !printing.is_zero() {
            pause(printing);
        }
        printed.push(page);
    });
    expect_eq("the printed pages", printed, (0..pages as u64).map(|page| page / 2).collect());
    expect_eq("the number that the call returned", count, pages);
}

fn every_page_is_printed_in_order(check: &Check) {
    check.small("2 pages, one of which may wait", (2usize, 1usize));
    check.forall(input::pair(0..=8, 0..=4), |(pages, capacity)| {
        prints_all(pages, capacity, Duration::ZERO, Duration::ZERO);
    });
}

fn slow_reading_and_slow_printing_lose_nothing(check: &Check) {
    check.forall(input::triple(0..=6, 0..=3, 0..=8), |(pages, capacity, times)| {
        prints_all(pages, capacity, TICK * (times % 3) as u32, TICK * (times / 3) as u32);
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(0..=4, 0..=4, 0..=2), |(one, other, capacity)| {
        thread::scope(|scope| {
            scope.spawn(|| prints_all(one, capacity, Duration::ZERO, Duration::ZERO));
            prints_all(other, capacity, Duration::ZERO, Duration::ZERO);
        });
    });
}

/// One call prints for an hour.
fn a_call_waits_for_no_other_call(check: &Check) {
    check.forall(input::triple(1..=4, 1..=4, 0..=2), |(one, other, capacity)| {
        thread::scope(|scope| {
            scope.spawn(|| print_ahead(disk(one, Duration::ZERO).0, capacity, |_| pause(HOUR)));
            settle();
            let began = now();
            prints_all(other, capacity, Duration::ZERO, Duration::ZERO);
            let took = now() - began;
            expect(took < HOUR / 2, Kind::Sequential, || {
                format!("one call prints for an hour, and another one, which prints at once, returned after {took:?}")
            });
        });
    });
}

fn no_thread_is_left_behind(check: &Check) {
    check.forall(input::triple(0..=3, 0..=2, 0..=1), |(pages, capacity, slow)| {
        print_ahead(disk(pages, TICK * slow as u32).0, capacity, |_| ());
        every_thread_has_finished();
    });
}

/// All is at rest when the pause in `print` is over.
fn pages_are_read_ahead(check: &Check) {
    check.small("3 pages, one of which may wait", (3usize, 1usize));
    check.forall(input::pair_or_crowd(1..=8, 0..=4), |(pages, capacity)| {
        let (disk, pulled) = disk(pages, Duration::ZERO);
        let mut begun = 0;
        print_ahead(disk, capacity, |_| {
            begun += 1;
            pause(TICK);
            let (pulled, wanted) = (pulled.load(Ordering::SeqCst), pages.min(begun + capacity));
            expect(pulled >= wanted, Kind::Sequential, || {
                format!(
                    "while page {begun} of {pages} was printed, with a capacity of {capacity}, the number of pulled \
                     pages should be at least {wanted}; it was {pulled}"
                )
            });
        });
    });
}

fn no_more_than_the_capacity_waits(check: &Check) {
    check.small("3 pages, one of which may wait", (3usize, 1usize));
    check.forall(input::pair(1..=9, 0..=4), |(pages, capacity)| {
        let (disk, pulled) = disk(pages, Duration::ZERO);
        let mut begun = 0;
        print_ahead(disk, capacity, |_| {
            begun += 1;
            pause(TICK);
            let waiting = pulled.load(Ordering::SeqCst) - begun;
            expect(waiting <= capacity + 1, Kind::Unbounded, || {
                format!("{waiting} pages waited; with a capacity of {capacity}, at most {} may", capacity + 1)
            });
        });
    });
}
