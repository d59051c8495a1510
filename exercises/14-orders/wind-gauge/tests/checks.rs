//! The contract of README.md, a check or more for each clause.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use harness::{Check, Kind, checks, expect, expect_eq, expect_in_time, input, now, pause};
use wind_gauge::Gauge;

checks! {
    1 => a_new_gauge_has_no_wind;
    1 => a_pair_belongs_together;
    1 => many_readers_get_pairs;
    1 => any_numbers_can_be_measured;
    1 => two_gauges_keep_apart;
    2 => what_was_set_is_read_after_a_join;
    2 => what_was_set_is_read_after_a_message;
    2 => no_reader_goes_back;
    3 => nobody_waits simulated;
}

const TICK: Duration = Duration::from_millis(100);
/// A nanosecond less than half a tick.
const SOON: Duration = Duration::from_nanos(49_999_999);

/// The direction that belongs to a speed, so that halves are known.
fn direction(speed: u32) -> u32 {
    speed * 10 + 7 * u32::from(speed > 0)
}

fn expect_pair(pair: (u32, u32)) {
    expect(pair.1 == direction(pair.0), Kind::WrongAnswer, || {
        format!(
            "a thread read {pair:?}, and these numbers were not set together: {} belongs to {}",
            direction(pair.0),
            pair.0
        )
    });
}

fn a_new_gauge_has_no_wind(check: &Check) {
    check.forall(input::number(1..=3), |times| {
        for gauge in [Gauge::new(), Gauge::default()] {
            for _ in 0..times {
                expect_eq("what a new gauge shows", gauge.get(), (0, 0));
            }
        }
    });
}

fn a_pair_belongs_together(check: &Check) {
    check.small("1 measurement beside 1 reader", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=2), |(measurements, times)| {
        let gauge = Gauge::new();
        thread::scope(|scope| {
            scope.spawn(|| (1..=measurements as u32).for_each(|speed| gauge.set(speed, direction(speed))));
            for _ in 0..times {
                expect_pair(gauge.get());
            }
        });
        let last = measurements as u32;
        expect_eq("what is read at the end", gauge.get(), (last, direction(last)));
    });
}

fn many_readers_get_pairs(check: &Check) {
    check.forall(input::triple(1..=4, 1..=4, 1..=3), |(measurements, readers, times)| {
        let gauge = Gauge::new();
        thread::scope(|scope| {
            for _ in 0..readers {
                scope.spawn(|| (0..times).for_each(|_| expect_pair(gauge.get())));
            }
            (1..=measurements as u32).for_each(|speed| gauge.set(speed, direction(speed)));
        });
    });
}

fn any_numbers_can_be_measured(check: &Check) {
    const NUMBERS: [u32; 5] = [0, 1, u32::MAX, u32::MAX - 1, 1 << 31];
    check.forall(input::pair(0..=4, 0..=4), |(speed, direction)| {
        let (gauge, pair) = (Gauge::new(), (NUMBERS[speed], NUMBERS[direction]));
        for _ in 0..2 {
            gauge.set(pair.0, pair.1);
            expect_eq("what is read", gauge.get(), pair);
        }
        gauge.set(0, 0);
        expect_eq("what is read after (0, 0) was set", gauge.get(), (0, 0));
    });
}

fn two_gauges_keep_apart(check: &Check) {
    check.forall(input::pair(1..=5, 1..=5), |(one, other)| {
        let (a, b) = (Gauge::new(), Gauge::new());
        a.set(one as u32, 1);
        expect_eq("what a gauge shows when another one was set", b.get(), (0, 0));
        b.set(other as u32, 2);
        expect_eq("what each of two gauges shows", (a.get(), b.get()), ((one as u32, 1), (other as u32, 2)));
    });
}

fn what_was_set_is_read_after_a_join(check: &Check) {
    check.small("1 measurement, read after a join", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=3), |(writers, measurements)| {
        let gauge = Gauge::new();
        let mut speed = 0;
        // One after the other: each knows of the one before.
        for _ in 0..writers {
            thread::scope(|scope| {
                let gauge = &gauge;
                let first = speed;
                scope.spawn(move || {
                    (1..=measurements as u32).for_each(|n| gauge.set(first + n, direction(first + n)))
                });
            });
            speed += measurements as u32;
            expect_eq("what is read after a join", gauge.get(), (speed, direction(speed)));
        }
    });
}

fn what_was_set_is_read_after_a_message(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(measurements, readers)| {
        let gauge = Gauge::new();
        thread::scope(|scope| {
            let senders: Vec<_> = (0..readers)
                .map(|_| {
                    let (sender, news) = mpsc::channel::<u32>();
                    let gauge = &gauge;
                    scope.spawn(move || {
                        for speed in news {
                            let pair = gauge.get();
                            expect_pair(pair);
                            expect(pair.0 >= speed, Kind::WrongAnswer, || {
                                format!(
                                    "a thread had learned that {speed} was set, and then it read {pair:?}"
                                )
                            });
                        }
                    });
                    sender
                })
                .collect();
            for speed in 1..=measurements as u32 {
                gauge.set(speed, direction(speed));
                for sender in &senders {
                    let _ = sender.send(speed);
                }
            }
        });
    });
}

fn no_reader_goes_back(check: &Check) {
    check.small("1 measurement beside a reader who looks twice", (1usize, 1usize, 2usize));
    check.forall(input::triple(1..=4, 1..=3, 2..=4), |(measurements, readers, times)| {
        let gauge = Gauge::new();
        thread::scope(|scope| {
            for _ in 0..readers {
                scope.spawn(|| {
                    let mut last = (0, 0);
                    for _ in 0..times {
                        let pair = gauge.get();
                        expect(pair.0 >= last.0, Kind::WrongAnswer, || {
                            format!(
                                "a thread had read {last:?}, and then it read {pair:?}, which was set before"
                            )
                        });
                        last = pair;
                    }
                });
            }
            (1..=measurements as u32).for_each(|speed| gauge.set(speed, direction(speed)));
        });
    });
}

fn nobody_waits(check: &Check) {
    check.forall(input::pair(0..=3, 0..=3), |(before, after)| {
        let gauge = Gauge::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                pause(TICK * before as u32);
                let began = now();
                gauge.set(3, direction(3));
                expect_in_time("`set` returned", now(), Duration::ZERO..=began + SOON, || {
                    "`set` waited".into()
                });
            });
            pause(TICK * after as u32);
            let began = now();
            expect_pair(gauge.get());
            // Twice what it may sleep, since it may meet the one `set`.
            let after = now();
            expect_in_time("`get` returned", after, Duration::ZERO..=began + TICK, || {
                format!("`get` took {:?}", after - began)
            });
        });
    });
}
