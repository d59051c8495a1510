//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::cell::RefCell;
use std::panic::panic_any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_time, fail, input, now, panic_message, pause, settle};
use weather_log::WeatherLog;

checks! {
    1 => every_reading_is_uploaded_once_and_in_order;
    1 => no_batch_is_empty_or_too_large;
    1 => each_recorder_keeps_its_order;
    1 => two_logs_at_once_keep_apart;
    2 => a_full_batch_is_uploaded_at_once simulated;
    2 => full_batches_that_waited_for_an_upload_wait_no_longer simulated;
    3 => readings_that_come_in_between_do_not_move_the_age simulated;
    3 => the_age_counts_after_a_long_upload simulated;
    3 => an_endless_age_is_allowed simulated;
    4 => one_upload_at_a_time_on_a_thread_of_the_log;
    4 => record_waits_for_no_upload;
    4 => zero_is_a_panic;
    5 => close_uploads_what_is_left;
    5 => a_dropped_log_uploads_what_is_left;
    5 => the_end_waits_for_no_age simulated;
    5 => nothing_is_left_behind;
    5 => no_thread_outlives_its_log;
    6 => a_panic_ends_the_uploads_and_close_tells;
    6 => a_panic_does_not_reach_record_or_the_drop;
    6 => everything_is_dropped_once;
    7 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// More than a queue of any usual size has room for.
const MANY: usize = 4_200;
const AGES: [Duration; 3] = [Duration::from_millis(250), Duration::from_secs(60), Duration::MAX];
/// No whole number of milliseconds.
const UNEVEN: Duration = Duration::from_micros(250_400);

type Numbers = WeatherLog<u64>;

/// Compiled once, whatever `upload` is.
fn open(size: usize, age: Duration, upload: impl FnMut(Vec<u64>) + Send + 'static) -> Numbers {
    let upload: Box<dyn FnMut(Vec<u64>) + Send> = Box::new(upload);
    WeatherLog::open(size, age, upload)
}

/// An upload as its handler saw it.
#[derive(Debug, Clone)]
struct Upload {
    begun: Duration,
    ended: Duration,
    batch: Vec<u64>,
}

/// The uploads that were made.
#[derive(Debug, Clone, Default)]
struct Server(Arc<Mutex<Vec<Upload>>>);

impl Server {
    /// Takes a batch, and so much time for it.
    fn take(&self, batch: Vec<u64>, time: Duration) {
        let begun = now();
        if !time.is_zero() {
            pause(time);
        }
        self.0.lock().unwrap().push(Upload { begun, ended: now(), batch });
    }

    fn uploads(&self) -> Vec<Upload> {
        self.0.lock().unwrap().clone()
    }

    fn batches(&self) -> Vec<Vec<u64>> {
        self.uploads().into_iter().map(|upload| upload.batch).collect()
    }

    fn readings(&self) -> Vec<u64> {
        self.batches().concat()
    }
}

fn every_reading_is_uploaded_once_and_in_order(check: &Check) {
    check.small("3 readings in batches of 2", (vec![0u64, 0, 0], 2usize, 1usize));
    check.forall(input::numbers_and_two(0..4, 0..=7, 1..=4, 0..=2), |(gaps, size, age)| {
        let server = Server::default();
        let taking = server.clone();
        let log = open(size, AGES[age], move |batch| taking.take(batch, TICK));
        for (i, gap) in gaps.iter().enumerate() {
            log.record(i as u64);
            pause(TICK * *gap as u32);
        }
        log.close();
        let wanted = (0..gaps.len() as u64).collect();
        expect_eq("the readings that were uploaded, in their order", server.readings(), wanted);
    });
}

fn no_batch_is_empty_or_too_large(check: &Check) {
    check.forall(input::triple(0..=9, 1..=3, 0..=1), |(readings, size, wait)| {
        let server = Server::default();
        let taking = server.clone();
        let log = open(size, AGES[0], move |batch| taking.take(batch, TICK * 3));
        pause(TICK * 9 * wait as u32);
        (0..readings as u64).for_each(|reading| log.record(reading));
        pause(TICK * 40 * wait as u32);
        log.close();
        for batch in server.batches() {
            expect((1..=size).contains(&batch.len()), Kind::WrongAnswer, || {
                format!("the size is {size}, and `upload` was called with {batch:?}")
            });
        }
    });
}

fn each_recorder_keeps_its_order(check: &Check) {
    check.forall(input::triple(1..=3, 1..=4, 1..=3), |(recorders, each, size)| {
        let server = Server::default();
        let taking = server.clone();
        let log = open(size, AGES[1], move |batch| taking.take(batch, Duration::ZERO));
        // An `Arc` would need a log that is `Sync`, and so does a scope.
        thread::scope(|scope| {
            for recorder in 0..recorders as u64 {
                let log = &log;
                scope.spawn(move || (0..each as u64).for_each(|i| log.record(100 * recorder + i)));
            }
        });
        log.close();
        let readings = server.readings();
        for recorder in 0..recorders as u64 {
            let own: Vec<u64> = readings.iter().copied().filter(|it| it / 100 == recorder).collect();
            let wanted = (0..each as u64).map(|i| 100 * recorder + i).collect();
            expect_eq("the readings of one of the threads that record", own, wanted);
        }
        expect_eq("how many readings were uploaded", readings.len(), recorders * each);
    });
}

/// One of the two is held up in its upload, which may panic before or after the other one is closed.
fn two_logs_at_once_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 0..=4, 0..=2), |(size, readings, panics)| {
        let (gate, servers) = (Gate::new(), [Server::default(), Server::default()]);
        let (held, taking) = (gate.clone(), servers[0].clone());
        let busy = open(1, AGES[1], move |batch| {
            if panics != 1 {
                held.wait();
            }
            taking.take(batch, Duration::ZERO);
            assert!(panics == 0, "the first server is down (the check makes it panic)");
        });
        let taking = servers[1].clone();
        let other = open(size, AGES[1], move |batch| taking.take(batch, Duration::ZERO));
        busy.record(1000);
        pause(TICK);
        (0..readings as u64).for_each(|reading| other.record(reading));
        other.close();
        let wanted = (0..readings as u64).collect();
        expect_eq("what the second of two logs uploaded", servers[1].readings(), wanted);
        gate.open();
        let closed = catch(|| busy.close());
        expect(closed.is_err() == (panics > 0), Kind::WrongAnswer, || {
            format!(
                "of two logs, the first one's upload panicked: {}, its `close` panicked: {}",
                panics > 0,
                closed.is_err()
            )
        });
        expect_eq("what the first of two logs uploaded", servers[0].readings(), vec![1000]);
    });
}

fn a_full_batch_is_uploaded_at_once(check: &Check) {
    check.small("2 readings in a batch of 2", (2usize, 1usize));
    check.forall(input::pair(1..=4, 1..=3), |(size, batches)| {
        let server = Server::default();
        let taking = server.clone();
        let log = open(size, AGES[1], move |batch| taking.take(batch, Duration::ZERO));
        for done in 0..batches {
            for i in 0..size {
                let so_far = server.batches().len();
                expect(so_far == done, Kind::TooEarly, || {
                    format!("{} readings came for batches of {size}, and {so_far} were uploaded", done * size + i)
                });
                log.record(i as u64);
                settle();
            }
            let so_far = server.batches().len();
            expect(so_far == done + 1, Kind::TooLate, || {
                format!("{} readings came for batches of {size}, all is at rest, and {so_far} batches were uploaded", (done + 1) * size)
            });
        }
        log.close();
    });
}

fn full_batches_that_waited_for_an_upload_wait_no_longer(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=2), |(size, batches, more)| {
        let (server, gate) = (Server::default(), Gate::new());
        let (taking, held) = (server.clone(), gate.clone());
        let log = open(size, AGES[1], move |batch| {
            held.wait();
            taking.take(batch, Duration::ZERO);
        });
        let more = more.min(size - 1);
        (0..(size * batches + more) as u64).for_each(|reading| log.record(reading));
        pause(TICK);
        gate.open();
        settle();
        let so_far = server.batches().len();
        expect(so_far >= batches, Kind::TooLate, || {
            format!("{batches} batches of {size} wait, no upload is in progress, all is at rest, and {so_far} were uploaded")
        });
        expect(so_far == batches, Kind::TooEarly, || {
            format!("{more} readings are no batch of {size}, and they were uploaded before they were old: {:?}", server.batches())
        });
        log.close();
    });
}

/// Records a reading after each gap. Returns for each one when that was: before and after.
fn record_all(log: &Numbers, gaps: &[u64]) -> Vec<(Duration, Duration)> {
    let record = |(i, gap): (usize, &u64)| {
        // 7 is an idle time, longer than one of the ages.
        pause(if *gap == 7 { Duration::from_secs(10) } else { TICK * *gap as u32 });
        let before = now();
        log.record(i as u64);
        (before, now())
    };
    gaps.iter().enumerate().map(record).collect()
}

/// What holds for every upload, whatever it is that made it due.
fn expect_on_time(
    uploads: &[Upload],
    recorded: &[(Duration, Duration)],
    size: usize,
    age: Duration,
    closing: Duration,
) {
    let mut free = Duration::ZERO;
    for Upload { begun, ended, batch } in uploads {
        expect(!batch.is_empty(), Kind::WrongAnswer, || "a batch without readings was uploaded".into());
        let (first, last) = (recorded[batch[0] as usize], recorded[batch[batch.len() - 1] as usize]);
        let what = || {
            let since =
                if free.is_zero() { String::new() } else { format!("the upload before ended at {free:?}, ") };
            format!(
                "with a size of {size} and an age of {age:?}, {since}the readings {batch:?} were recorded at {:?} to {:?}, and their upload began at {begun:?}",
                first.0, last.1
            )
        };
        let full = batch.len() == size;
        let earliest = if full { last.0 } else { first.0.saturating_add(age).min(closing) };
        let old = first.1.max(free).saturating_add(age).min(closing.max(free));
        let latest = (if full { old.min(last.1.max(free)) } else { old }).saturating_add(SOON);
        // A reading may come when the upload of the others is late.
        let in_time = earliest.max(free).min(latest)..=latest;
        expect_in_time(&format!("the upload of {batch:?} began"), *begun, in_time, what);
        free = *ended;
    }
}

fn readings_that_come_in_between_do_not_move_the_age(check: &Check) {
    check.small("2 readings, and no third one", (vec![1u64, 2], 3usize, 0usize));
    check.forall(input::numbers_and_two(0..8, 1..=7, 1..=8, 0..=1), |(gaps, size, age)| {
        let (server, age) = (Server::default(), [UNEVEN, AGES[1]][age]);
        let taking = server.clone();
        let log = open(size, age, move |batch| taking.take(batch, Duration::ZERO));
        let recorded = record_all(&log, &gaps);
        pause(TICK * 10 * (gaps.len() % 2) as u32);
        let closing = now();
        log.close();
        expect_on_time(&server.uploads(), &recorded, size, age, closing);
        expect_eq("how many readings were uploaded", server.readings().len(), recorded.len());
    });
}

fn the_age_counts_after_a_long_upload(check: &Check) {
    check.forall(input::numbers_and_two(0..6, 1..=6, 1..=4, 1..=9), |(gaps, size, ticks)| {
        let server = Server::default();
        let taking = server.clone();
        let log = open(size, AGES[0], move |batch| taking.take(batch, TICK * ticks as u32));
        let recorded = record_all(&log, &gaps);
        pause(TICK * 20 * (gaps.len() % 2) as u32);
        let closing = now();
        log.close();
        expect_on_time(&server.uploads(), &recorded, size, AGES[0], closing);
        expect_eq("how many readings were uploaded", server.readings().len(), recorded.len());
    });
}

fn an_endless_age_is_allowed(check: &Check) {
    check.forall(input::pair(1..=4, 0..=6), |(size, readings)| {
        let server = Server::default();
        let taking = server.clone();
        let log = open(size, Duration::MAX, move |batch| taking.take(batch, Duration::ZERO));
        (0..readings as u64).for_each(|reading| log.record(reading));
        pause(Duration::from_hours(100));
        let full = readings / size;
        let so_far = server.batches().len();
        expect(so_far <= full, Kind::TooEarly, || {
            format!("the age is endless, {readings} readings make {full} batches of {size}, and {so_far} were uploaded")
        });
        match catch(|| log.close()) {
            Ok(()) => expect_eq("how many readings were uploaded", server.readings().len(), readings),
            Err(_) => fail(Kind::Panicked, "with an endless age `close` panicked, and `upload` did not"),
        }
    });
}

fn one_upload_at_a_time_on_a_thread_of_the_log(check: &Check) {
    check.forall(input::triple(1..=3, 1..=5, 0..=1), |(size, readings, drops)| {
        let (meter, callers) = (Meter::new(), Arc::<Mutex<Vec<_>>>::default());
        let (watched, noted) = (meter.clone(), Arc::clone(&callers));
        let log = open(size, AGES[0], move |_| {
            let _inside = watched.enter();
            watched.at_most(1, "uploads");
            noted.lock().unwrap().push(thread::current().id());
            pause(TICK * 4);
        });
        for reading in 0..readings as u64 {
            log.record(reading);
            pause(TICK * (reading % 3) as u32);
        }
        if drops == 1 {
            drop(log)
        } else {
            log.close()
        }
        expect(!callers.lock().unwrap().contains(&thread::current().id()), Kind::WrongAnswer, || {
            "`upload` was called on the thread that records and closes".into()
        });
    });
}

/// The upload needs what comes after `record`.
fn record_waits_for_no_upload(check: &Check) {
    check.small("a reading beside an upload", (1usize, 2usize));
    check.forall(input::pair(1..=3, 1..=24), |(size, readings)| {
        let (size, readings) = if readings == 24 { (100 * size, MANY) } else { (size, readings) };
        let (gate, server) = (Gate::new(), Server::default());
        let (held, taking) = (gate.clone(), server.clone());
        let log = open(size, AGES[0], move |batch| {
            held.wait();
            taking.take(batch, Duration::ZERO);
        });
        let before = now();
        for reading in 0..readings as u64 {
            log.record(reading);
        }
        let after = now();
        expect_in_time("the last `record` returned", after, Duration::ZERO..=before + SOON, || {
            format!("{readings} calls of `record` took {:?}", after - before)
        });
        gate.open();
        log.close();
        expect_eq("how many readings were uploaded", server.readings().len(), readings);
    });
}

fn zero_is_a_panic(check: &Check) {
    check.forall(input::pair(0..=2, 0..=1), |(size, age)| {
        let wrong = size == 0 || age == 0;
        let opened = catch(|| drop(open(size, TICK * age as u32, |_| ())));
        expect(opened.is_err() || !wrong, Kind::WrongAnswer, || {
            format!(
                "with a size of {size} and an age of {:?} `open` should panic, and it returned",
                TICK * age as u32
            )
        });
        expect(opened.is_ok() || wrong, Kind::Panicked, || format!("with a size of {size} `open` panicked"));
        every_thread_has_finished();
    });
}

fn ends_with_everything_uploaded(readings: usize, size: usize, age: Duration, end: fn(Numbers)) {
    let (server, meter) = (Server::default(), Meter::new());
    let (taking, watched) = (server.clone(), meter.clone());
    let log = open(size, age, move |batch| {
        let _inside = watched.enter();
        taking.take(batch, TICK);
    });
    (0..readings as u64).for_each(|reading| log.record(reading));
    end(log);
    expect(meter.inside() == 0, Kind::TooEarly, || "the log has ended, and an upload is in progress".into());
    let uploaded = server.readings().len();
    if uploaded < readings {
        // Late, or never?
        pause(TICK * 20);
        let kind = if server.readings().len() > uploaded { Kind::TooEarly } else { Kind::WrongAnswer };
        let what = "the log has ended";
        fail(kind, format!("{what}, {readings} readings were recorded, and {uploaded} have been uploaded"));
    }
}

fn close_uploads_what_is_left(check: &Check) {
    check.small("one reading and a close", (1usize, 2usize, 1usize));
    check.forall(input::triple(0..=7, 1..=4, 0..=2), |(readings, size, age)| {
        ends_with_everything_uploaded(readings, size, AGES[age], WeatherLog::close);
    });
}

fn a_dropped_log_uploads_what_is_left(check: &Check) {
    check.small("one reading and a drop", (1usize, 2usize, 1usize));
    check.forall(input::triple(0..=7, 1..=4, 0..=5), |(readings, size, way)| {
        let end = if way < 3 { drop } else { drop_in_a_panic };
        ends_with_everything_uploaded(readings, size, AGES[way % 3], end);
    });
}

/// The owner of the log panics.
fn drop_in_a_panic(log: Numbers) {
    let owner = catch(move || {
        let _log = log;
        panic!("the owner failed (the check makes it panic)")
    });
    expect(owner.is_err(), Kind::WrongAnswer, || "a panic ended with the drop of a log".into());
}

fn the_end_waits_for_no_age(check: &Check) {
    check.forall(input::triple(0..=3, 1..=2, 0..=1), |(readings, age, drops)| {
        let log = open(4, AGES[age], |_| ());
        (0..readings as u64).for_each(|reading| log.record(reading));
        pause(TICK);
        let before = now();
        if drops == 1 {
            drop(log)
        } else {
            log.close()
        }
        let (after, what) = (now(), if drops == 1 { "the drop ended" } else { "`close` returned" });
        expect_in_time(what, after, Duration::ZERO..=before + SOON, || {
            let took = after - before;
            format!("{readings} readings were left, an upload takes no time, and the end took {took:?}")
        });
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.forall(input::triple(0..=4, 1..=3, 0..=3), |(readings, size, way)| {
        let (drops, panics) = (way % 2 == 1, way > 1);
        let tokens = Drops::new();
        let captured = tokens.token();
        let log = open(size, AGES[1], move |_| {
            let _ = &captured;
            pause(TICK);
            assert!(!panics, "the server is down (the check makes it panic)");
        });
        (0..readings as u64).for_each(|reading| log.record(reading));
        let ended = catch(|| if drops { drop(log) } else { log.close() });
        expect(panics || ended.is_ok(), Kind::Panicked, || "the end panicked, and no upload did".into());
        expect_eq("how many things that `upload` captured have not been dropped", tokens.alive(), 0);
        every_thread_has_finished();
    });
}

thread_local! {
    /// Dropped when its thread ends.
    static ALIVE: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// The thread keeps a counted value until it ends. Nobody gives it time for that.
fn no_thread_outlives_its_log(check: &Check) {
    check.small("one reading and a close", (1usize, 0usize));
    check.forall(input::pair(1..=3, 0..=1), |(readings, drops)| {
        let threads = Drops::new();
        let given = threads.clone();
        let log = open(1, AGES[1], move |_| {
            let token = given.token();
            ALIVE.with(|alive| *alive.borrow_mut() = Some(Box::new(token)));
        });
        (0..readings as u64).for_each(|reading| log.record(reading));
        if drops == 1 {
            drop(log)
        } else {
            log.close()
        }
        let left = threads.alive();
        expect(left == 0, Kind::LeakedThread, || {
            format!("the log has ended, and {left} threads that called `upload` have not")
        });
    });
}

/// A panic's payload that is no text.
#[derive(Debug)]
struct Odd;

/// The upload with this number panics, counted from 0.
fn a_panic_ends_the_uploads_and_close_tells(check: &Check) {
    check.small("an upload that panics, and a reading after it", (2usize, 0usize, 0usize));
    check.forall(input::triple(0..=5, 0..=2, 0..=2), |(readings, panics, payload)| {
        let made = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&made);
        let log = open(1, AGES[1], move |_| {
            if counted.fetch_add(1, Ordering::SeqCst) == panics {
                match payload {
                    0 => panic!("the server is down"),
                    1 => panic!("server {} is down", panics),
                    _ => panic_any(Odd),
                }
            }
        });
        (0..readings as u64).for_each(|reading| log.record(reading));
        let closed = catch(|| log.close());
        let (made, wanted) = (made.load(Ordering::SeqCst), readings.min(panics + 1));
        expect_eq("how many uploads were made", made, wanted);
        match closed {
            Ok(()) if readings > panics => {
                fail(Kind::SwallowedPanic, "an upload panicked, and `close` returned")
            }
            Ok(()) => {}
            Err(_) if readings <= panics => fail(Kind::Panicked, "`close` panicked, and no upload did"),
            Err(got) => {
                let told = panic_message(&*got).map(str::to_owned);
                let wanted = match payload {
                    0 => Some("the server is down".to_owned()),
                    1 => Some(format!("server {panics} is down")),
                    _ => None,
                };
                expect_eq("the text of the panic that `close` passed on", told, wanted);
                expect_eq("whether its payload has the type it had", got.is::<Odd>(), payload == 2);
            }
        }
        every_thread_has_finished();
    });
}

fn a_panic_does_not_reach_record_or_the_drop(check: &Check) {
    check.forall(input::pair(1..=3, 0..=4), |(size, later)| {
        let panicked = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&panicked);
        let log = open(size, AGES[0], move |_| {
            told.store(true, Ordering::SeqCst);
            panic!("the server is down (the check makes it panic)")
        });
        let whole = catch(|| {
            (0..size as u64).for_each(|reading| log.record(reading));
            pause(TICK * 10);
            (0..later as u64).for_each(|reading| log.record(reading));
            drop(log);
        });
        expect(panicked.load(Ordering::SeqCst), Kind::WrongAnswer, || "a full batch was not uploaded".into());
        expect(whole.is_ok(), Kind::Panicked, || {
            "an upload panicked, and then `record` or the drop panicked too".into()
        });
        every_thread_has_finished();
    });
}

/// Readings that are neither `Clone` nor `Copy`, some of them behind a panic.
fn everything_is_dropped_once(check: &Check) {
    check.forall(input::triple(0..=6, 1..=3, 0..=2), |(readings, size, panics)| {
        let drops = Drops::new();
        let mut made = 0;
        let upload = move |batch: Vec<_>| {
            pause(TICK);
            made += 1;
            if made == panics {
                panic_any(batch);
            }
        };
        let log = WeatherLog::open(size, AGES[0], upload);
        (0..readings).for_each(|_| log.record(drops.token()));
        drop(catch(|| log.close()));
        expect_eq("how many readings have not been dropped", drops.alive(), 0);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and_two(0..5, 0..=4, 1..=3, 0..=2), |(gaps, size, age)| {
        let log = open(size, AGES[age], |_| pause(TICK));
        pause(TICK);
        for gap in gaps {
            log.record(gap);
            settle();
            pause(TICK * gap as u32);
        }
        log.close();
    });
}
