//! The contract of README.md, a check or more for each clause.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::expect_in_any_order;
use harness::{
    Check, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq, input, pause, settle,
};
use print_room::print_all;

checks! {
    1 => every_job_is_printed_once;
    1 => a_job_may_have_any_number;
    1 => a_crowd_and_a_small_tray;
    1 => two_calls_at_once_keep_apart;
    2 => no_more_than_the_capacity_waits;
    2 => no_room_is_a_panic;
    3 => a_free_printer_takes_a_job_at_once simulated;
    3 => dozens_of_printers_print_at_once simulated;
    3 => an_office_puts_its_job_down_at_once simulated;
    3 => no_printers_is_a_panic;
    4 => one_printer_keeps_the_order_of_each_office;
    4 => one_printer_keeps_the_order_of_all_offices simulated;
    5 => nothing_goes_on_after_the_return;
    6 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);

/// The jobs of an office, counted as they are pulled.
#[derive(Clone)]
struct Office {
    jobs: std::vec::IntoIter<u64>,
    pulled: Arc<AtomicUsize>,
    /// How long it thinks about each job.
    slow: Duration,
}

impl Iterator for Office {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if !self.slow.is_zero() {
            pause(self.slow);
        }
        let job = self.jobs.next()?;
        self.pulled.fetch_add(1, Ordering::SeqCst);
        Some(job)
    }
}

/// Offices with as many jobs each, and how many have been pulled from all of them. Job 203 is the fourth of the third.
fn offices(sizes: &[u64]) -> (Vec<Office>, Arc<AtomicUsize>) {
    let pulled = Arc::<AtomicUsize>::default();
    let office = |(i, size): (usize, &u64)| {
        let jobs: Vec<u64> = (0..*size).map(|job| 100 * i as u64 + job).collect();
        Office { jobs: jobs.into_iter(), pulled: pulled.clone(), slow: Duration::ZERO }
    };
    (sizes.iter().enumerate().map(office).collect(), pulled)
}

fn prints_each_job_once(sizes: &[u64], capacity: usize, printers: usize) {
    let printed = Mutex::new(Vec::new());
    let print = |job| {
        printed.lock().unwrap().push(job);
        job + 1
    };
    let pages = print_all(offices(sizes).0, capacity, printers, print);
    let printed = printed.into_inner().unwrap();
    let wanted: Vec<u64> = offices(sizes).0.into_iter().flatten().collect();
    expect_eq("the pages", pages, wanted.iter().map(|job| job + 1).sum());
    expect_in_any_order("the jobs that were printed", &printed, &wanted);
}

fn every_job_is_printed_once(check: &Check) {
    check.small("2 offices with a job each and a printer", (vec![1u64, 1], 1usize, 1usize));
    check.forall(input::numbers_and_two(0..4, 0..=3, 1..=4, 1..=3), |(sizes, capacity, printers)| {
        prints_each_job_once(&sizes, capacity, printers);
    });
}

fn a_job_may_have_any_number(check: &Check) {
    const NUMBERS: [u64; 4] = [u64::MAX, 0, u64::MAX - 1, 1];
    check.forall(input::triple(1..=4, 1..=2, 1..=3), |(jobs, capacity, printers)| {
        let jobs = NUMBERS[..jobs].to_vec();
        let office = Office { jobs: jobs.clone().into_iter(), pulled: Arc::default(), slow: Duration::ZERO };
        let printed = Mutex::new(Vec::new());
        let print = |job| {
            printed.lock().unwrap().push(job);
            1
        };
        expect_eq("the pages", print_all(vec![office], capacity, printers, print), jobs.len() as u64);
        expect_in_any_order("the jobs that were printed", &printed.into_inner().unwrap(), &jobs);
    });
}

fn dozens_of_printers_print_at_once(check: &Check) {
    check.forall(input::pair_or_hundred(33..=40, 1..=3), |(printers, capacity)| {
        let meter = Meter::new();
        let print = |_| {
            let _inside = meter.enter();
            pause(TICK);
            1
        };
        print_all(offices(&[printers as u64]).0, capacity, printers, print);
        expect(meter.peak() == printers, Kind::Sequential, || {
            format!(
                "{printers} jobs and {printers} printers: there never were more than {} jobs in print",
                meter.peak()
            )
        });
    });
}

fn a_crowd_and_a_small_tray(check: &Check) {
    check.forall(input::numbers_and(1..4, 1..=4, 1..=4), |(sizes, printers)| {
        prints_each_job_once(&sizes, 1, printers);
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(one, other, printers)| {
        thread::scope(|scope| {
            scope.spawn(|| prints_each_job_once(&[one as u64], 1, printers));
            prints_each_job_once(&[other as u64, 1], 1, printers);
        });
    });
}

/// The pause in `print` holds all printers: when it is over, the offices have pulled all that they can.
fn no_more_than_the_capacity_waits(check: &Check) {
    check.small("an office with 4 jobs and a printer", (vec![4u64], 1usize, 1usize));
    check.forall(input::numbers_and_two(0..6, 1..=3, 1..=3, 1..=2), |(sizes, capacity, printers)| {
        let (all, pulled) = offices(&sizes);
        let (meter, hands) = (Meter::new(), all.len());
        let print = |_| {
            let _inside = meter.enter();
            pause(TICK);
            // Read before what has begun: a job that is begun in between has left the tray.
            let pulled = pulled.load(Ordering::SeqCst);
            let waiting = pulled - meter.entered().min(pulled);
            if meter.inside() == printers {
                expect(waiting <= capacity + hands, Kind::Unbounded, || {
                    format!("all printers were at work ({printers}) and {waiting} jobs waited, where the tray holds {capacity} and the hands of the offices {hands}")
                });
            }
            1
        };
        print_all(all, capacity, printers, print);
    });
}

/// Expects a panic that comes before any job is pulled.
fn refuses(jobs: u64, capacity: usize, printers: usize, what: &str) {
    let (all, pulled) = if jobs == 0 { offices(&[]) } else { offices(&[jobs - 1, jobs - 1]) };
    let outcome = catch(|| print_all(all, capacity, printers, |_| 1));
    expect(outcome.is_err(), Kind::WrongAnswer, || format!("{what} should panic, and the call returned"));
    expect_eq("the jobs pulled", pulled.load(Ordering::SeqCst), 0);
}

fn no_room_is_a_panic(check: &Check) {
    check.forall(input::number(0..=3), |jobs| refuses(jobs as u64, 0, 1, "a capacity of 0"));
}

fn no_printers_is_a_panic(check: &Check) {
    check.forall(input::number(0..=3), |jobs| refuses(jobs as u64, 1, 0, "a call with 0 printers"));
}

/// Jobs begin and end on the tick, so half a tick later all is at rest.
fn a_free_printer_takes_a_job_at_once(check: &Check) {
    check.small("an office with 2 jobs and 2 printers", (vec![2u64], 1usize, 2usize));
    check.forall(input::numbers_and_two(0..4, 1..=3, 1..=3, 2..=3), |(sizes, capacity, printers)| {
        let (all, pulled) = offices(&sizes);
        let meter = Meter::new();
        let print = |job| {
            let _inside = meter.enter();
            for _ in 0..=job % 2 {
                pause(TICK / 2);
                let (waiting, inside) = (pulled.load(Ordering::SeqCst) - meter.entered(), meter.inside());
                expect(inside <= printers, Kind::Oversubscribed, || {
                    format!("{inside} jobs were in print, and there are {printers} printers")
                });
                expect(waiting == 0 || inside == printers, Kind::Sequential, || {
                    format!("a printer was free while a job waited: {inside} in print, {waiting} waiting, {printers} printers")
                });
                pause(TICK / 2);
            }
            1
        };
        print_all(all, capacity, printers, print);
    });
}

fn an_office_puts_its_job_down_at_once(check: &Check) {
    check.forall(input::numbers_and_two(0..5, 1..=3, 1..=4, 1..=2), |(sizes, capacity, printers)| {
        let (all, pulled) = offices(&sizes);
        let (meter, jobs) = (Meter::new(), sizes.iter().sum::<u64>() as usize);
        let print = |_| {
            let _inside = meter.enter();
            pause(TICK / 2);
            // With the tray full, or all that there is pulled.
            let (pulled, wanted) = (pulled.load(Ordering::SeqCst), jobs.min(meter.entered() + capacity));
            expect(meter.inside() < printers || pulled >= wanted, Kind::Sequential, || {
                format!("all printers were at work ({printers}) and the tray holds {capacity}; of {jobs} jobs, {wanted} could have been pulled by then, and {pulled} were")
            });
            pause(TICK / 2);
            1
        };
        print_all(all, capacity, printers, print);
    });
}

fn one_printer_keeps_the_order_of_each_office(check: &Check) {
    check.small("an office with 3 jobs and a printer", (vec![3u64], 1usize));
    check.forall(input::numbers_and(0..5, 1..=2, 1..=4), |(sizes, capacity)| {
        let printed = Mutex::new(Vec::new());
        let print = |job| {
            printed.lock().unwrap().push(job);
            1
        };
        print_all(offices(&sizes).0, capacity, 1, print);
        let printed = printed.into_inner().unwrap();
        for i in 0..sizes.len() as u64 {
            let of_one: Vec<u64> = printed.iter().copied().filter(|job| job / 100 == i).collect();
            expect(of_one.is_sorted(), Kind::WrongAnswer, || {
                format!("the jobs of one office were printed in the order {of_one:?}; it had brought them in ascending order")
            });
        }
    });
}

/// The jobs come one at a time, from any office, while the printer is busy. Nobody has to wait for room.
fn one_printer_keeps_the_order_of_all_offices(check: &Check) {
    check.forall(input::numbers(0..3, 1..=6), |turns| {
        let printed = Mutex::new(Vec::new());
        // The first job takes so long that all others wait on the tray.
        let print = |job: u64| {
            printed.lock().unwrap().push(job);
            pause(if job == 0 { TICK * 20 } else { TICK });
            1
        };
        // Turn k is a job of office `turns[k]`, which has it at tick k + 1.
        let office = |office: u64| {
            let jobs: Vec<u64> =
                (1..).zip(&turns).filter(|(_, turn)| **turn == office).map(|(at, _)| at).collect();
            let mut before = 0;
            jobs.into_iter().inspect(move |at| {
                pause(TICK * (at - before) as u32);
                before = *at;
            })
        };
        let first = vec![0u64].into_iter();
        let mut all: Vec<Box<dyn Iterator<Item = u64> + Send>> = vec![Box::new(first)];
        all.extend((0..3).map(|it| Box::new(office(it)) as Box<dyn Iterator<Item = u64> + Send>));
        print_all(all, 10, 1, print);
        let wanted: Vec<u64> = (0..=turns.len() as u64).collect();
        expect_eq(
            "the jobs as they were printed, numbered as they were put on the tray",
            printed.into_inner().unwrap(),
            wanted,
        );
    });
}

fn nothing_goes_on_after_the_return(check: &Check) {
    check.small("an office with a job and 2 printers", (vec![1u64], 1usize, 2usize));
    check.forall(input::numbers_and_two(0..3, 0..=3, 1..=2, 1..=3), |(sizes, capacity, printers)| {
        let meter = Meter::new();
        let print = |job| {
            let _inside = meter.enter();
            pause(TICK * (job % 3) as u32);
            1
        };
        print_all(offices(&sizes).0, capacity, printers, print);
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("the call has returned, and {} jobs are still in print", meter.inside())
        });
        every_thread_has_finished();
    });
}

/// With slow offices the printers wait, with slow printers the offices do.
fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::triple(1..=2, 1..=2, 0..=1), |(many, printers, slow_offices)| {
        let (mut all, _) = offices(&[3, 2][..many]);
        if slow_offices == 1 {
            all.iter_mut().for_each(|office| office.slow = TICK);
        }
        let first = Mutex::new(true);
        let print = |_| {
            if slow_offices == 0 {
                pause(TICK);
                // One thread looks whether the others come to rest; two would wait for each other.
                let first = std::mem::replace(&mut *first.lock().unwrap(), false);
                if first {
                    settle();
                }
            }
            1
        };
        print_all(all, 1, printers, print);
    });
}
