//! The contract of README.md, a check or more for each clause.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, checks, every_thread_has_finished, expect, expect_eq, input};
use harness::{expect_in_any_order, expect_in_time, now, pause, settle};
use next_page::read_ahead;

checks! {
    1 => each_page_is_read_and_printed_once_in_order;
    1 => nothing_is_left_after_the_return;
    1 => a_call_waits_for_no_other_call;
    2 => the_next_page_is_read_while_one_is_printed simulated;
    2 => a_page_is_printed_when_its_turn_has_come simulated;
    3 => no_more_than_two_pages_ahead simulated;
    3 => waiting_is_no_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// By then, all that has to happen within 50 ms has happened.
const AT_REST: Duration = Duration::from_millis(200);
const LONG_TICK: Duration = Duration::from_secs(1);

/// How long page `code` takes to read, and to print.
fn times(code: u64, tick: Duration) -> [Duration; 2] {
    [tick * (code % 4) as u32, tick * (code / 4) as u32]
}

fn each_page_is_read_and_printed_once_in_order(check: &Check) {
    check.small("2 pages", vec![0u64, 0]);
    check.forall(input::numbers(0..16, 0..=7), |codes| {
        let (reads, mut prints) = (Mutex::new(Vec::new()), Vec::new());
        let read = |page: usize| {
            reads.lock().unwrap().push(page);
            pause(times(codes[page], TICK)[0]);
            page
        };
        read_ahead((0..codes.len()).collect(), read, |page| {
            pause(times(codes[page], TICK)[1]);
            prints.push(page);
        });
        let wanted: Vec<usize> = (0..codes.len()).collect();
        expect_eq("the pages in the order in which they were printed", prints, wanted.clone());
        let reads = reads.into_inner().unwrap();
        expect_in_any_order("the pages that `read` was called for", &reads, &wanted);
    });
}

fn nothing_is_left_after_the_return(check: &Check) {
    check.forall(input::numbers(0..16, 0..=5), |codes| {
        // Neither `Clone` nor `Copy`: a page is moved from one stage to the other.
        let drops = Drops::new();
        let pages = codes.iter().map(|code| (*code, drops.token())).collect();
        let read = |(code, token)| {
            pause(times(code, TICK)[0]);
            (code, token)
        };
        read_ahead(pages, read, |(code, _token)| pause(times(code, TICK)[1]));
        every_thread_has_finished();
        expect_eq("the pages that have not been dropped", drops.alive(), 0);
    });
}

/// One call is held up while it reads or prints; another one comes to its end meanwhile.
fn a_call_waits_for_no_other_call(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=1), |(held, free, at)| {
        let gate = Gate::new();
        let call = |pages: usize, gate: Option<&Gate>| {
            let mut printed = 0;
            let wait = |place| gate.filter(|_| at == place).into_iter().for_each(Gate::wait);
            let read = |page: usize| {
                wait(0);
                page
            };
            read_ahead((0..pages).collect(), read, |_| {
                wait(1);
                printed += 1;
            });
            expect_eq("how many pages one of two calls printed", printed, pages);
        };
        thread::scope(|scope| {
            scope.spawn(|| call(held, Some(&gate)));
            call(free, None);
            gate.open();
        });
    });
}

fn the_next_page_is_read_while_one_is_printed(check: &Check) {
    check.small("2 pages", vec![4u64, 4]);
    check.forall(input::numbers(4..16, 1..=6), |codes| {
        let meter = Meter::new();
        let read = |page: usize| {
            let _inside = meter.enter();
            pause(times(codes[page], LONG_TICK)[0]);
            page
        };
        read_ahead((0..codes.len()).collect(), read, |page| {
            pause(AT_REST);
            let (begun, wanted) = (meter.entered(), codes.len().min(page + 2));
            expect(begun >= wanted, Kind::Sequential, || {
                format!("while page {page} was printed, nobody read page {}", page + 1)
            });
            pause(times(codes[page], LONG_TICK)[1] - AT_REST);
        });
    });
}

fn a_page_is_printed_when_its_turn_has_come(check: &Check) {
    check.forall(input::numbers(0..16, 1..=6), |codes| {
        let (ready, mut free) = (Mutex::new(Vec::new()), Duration::ZERO);
        let read = |page: usize| {
            pause(times(codes[page], TICK)[0]);
            ready.lock().unwrap().push((page, now()));
            page
        };
        read_ahead((0..codes.len()).collect(), read, |page| {
            let read = ready.lock().unwrap().iter().find(|(it, _)| *it == page).map(|(_, at)| *at);
            let (at, turn) = (now(), read.unwrap_or_default().max(free));
            let began = format!("the printing of page {page} began");
            expect_in_time(&began, at, Duration::ZERO..=turn + SOON, || {
                format!("page {page} was printed from {at:?} on, and could have been from {turn:?} on")
            });
            pause(times(codes[page], TICK)[1]);
            free = now();
        });
    });
}

fn no_more_than_two_pages_ahead(check: &Check) {
    check.small("4 pages", vec![4u64, 4, 4, 4]);
    check.forall(input::numbers(4..16, 1..=8), |codes| {
        let meter = Meter::new();
        let read = |page: usize| {
            drop(meter.enter());
            pause(times(codes[page], LONG_TICK)[0] / 4);
            page
        };
        read_ahead((0..codes.len()).collect(), read, |page| {
            // Long enough to read several.
            pause(times(codes[page], LONG_TICK)[1]);
            let ahead = meter.entered() - (page + 1);
            expect(ahead <= 2, Kind::Unbounded, || {
                format!("while page {page} was printed, `read` had been called for pages up to {}; page {} is the last one allowed", page + ahead, page + 2)
            });
        });
    });
}

/// A slow `read` makes the printing thread wait, a slow `print` the reading one.
fn waiting_is_no_spin(check: &Check) {
    check.forall(input::pair(1..=5, 0..=1), |(pages, slow)| {
        let read = |page: usize| {
            if slow == 0 {
                pause(TICK);
            }
            page
        };
        read_ahead((0..pages).collect(), read, |_| {
            if slow == 1 {
                pause(TICK);
                settle();
            }
        });
    });
}
