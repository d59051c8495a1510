//! The contract of README.md, a check or more for each clause.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use harness::{Check, Kind, Plain, checks, expect, expect_eq, expect_in_time, fail, input, now, pause};
use notice_board::Board;

checks! {
    1 => nothing_is_read_before_a_post;
    1 => a_posted_number_is_read;
    1 => two_boards_keep_apart;
    2 => whoever_reads_a_number_reads_the_posted_one;
    2 => what_came_before_the_post_happens_before_what_follows_the_read;
    3 => nobody_waits simulated;
}

const TICK: Duration = Duration::from_millis(100);
/// A nanosecond less than half a tick.
const SOON: Duration = Duration::from_nanos(49_999_999);
const NUMBERS: [u64; 5] = [0, 1, 42, u64::MAX, 1 << 40];

fn nothing_is_read_before_a_post(check: &Check) {
    check.forall(input::number(1..=3), |times| {
        for board in [Board::new(), Board::default()] {
            for _ in 0..times {
                expect_eq("what is read before a post", board.read(), None);
            }
        }
    });
}

fn a_posted_number_is_read(check: &Check) {
    check.small("a number, read after a join", (2usize, 1usize));
    check.forall(input::pair(0..=4, 1..=3), |(which, times)| {
        let (board, number) = (Board::new(), NUMBERS[which]);
        thread::scope(|scope| {
            let clerk = scope.spawn(|| board.post(number));
            if clerk.join().is_err() {
                fail(Kind::Panicked, "`post` panicked");
            }
            for _ in 0..times {
                expect_eq("what is read after a post", board.read(), Some(number));
            }
        });
    });
}

fn two_boards_keep_apart(check: &Check) {
    check.forall(input::pair(0..=4, 0..=4), |(one, other)| {
        let (a, b) = (Board::new(), Board::new());
        a.post(NUMBERS[one]);
        expect_eq("what is read of a board on which nothing is posted", b.read(), None);
        b.post(NUMBERS[other]);
        expect_eq(
            "what is read of each of two boards",
            (a.read(), b.read()),
            (Some(NUMBERS[one]), Some(NUMBERS[other])),
        );
    });
}

fn whoever_reads_a_number_reads_the_posted_one(check: &Check) {
    check.small("a post beside 1 reader who looks twice", (1usize, 1usize, 2usize));
    check.forall(input::triple(0..=4, 1..=3, 1..=3), |(which, readers, times)| {
        let (board, number) = (Board::new(), NUMBERS[which]);
        thread::scope(|scope| {
            scope.spawn(|| board.post(number));
            for _ in 0..readers {
                scope.spawn(|| {
                    let mut was_posted = false;
                    for _ in 0..times {
                        let read = board.read();
                        expect(read.is_some() || !was_posted, Kind::WrongAnswer, || {
                            "a thread had read the number, and then it read `None`".into()
                        });
                        expect(read.is_none() || read == Some(number), Kind::WrongAnswer, || {
                            format!("{number} was posted, and a thread read {read:?}")
                        });
                        was_posted = read.is_some();
                    }
                });
            }
        });
        expect_eq("what is read when all have ended", board.read(), Some(number));
    });
}

fn what_came_before_the_post_happens_before_what_follows_the_read(check: &Check) {
    check.small("a post beside 1 reader", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=3), |(readers, times)| {
        let (board, letter) = (Arc::new(Board::new()), Plain::new());
        thread::scope(|scope| {
            let (posted, written) = (Arc::clone(&board), letter.clone());
            scope.spawn(move || {
                written.write();
                posted.post(7);
            });
            for _ in 0..readers {
                let (board, letter) = (Arc::clone(&board), letter.clone());
                scope.spawn(move || {
                    for _ in 0..times {
                        if board.read().is_some() {
                            letter.read();
                        }
                    }
                });
            }
        });
    });
}

fn nobody_waits(check: &Check) {
    check.forall(input::pair(0..=3, 0..=3), |(before, after)| {
        let board = Board::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                pause(TICK * before as u32);
                let began = now();
                board.post(5);
                expect_in_time("`post` returned", now(), Duration::ZERO..=began + SOON, || {
                    "`post` waited".into()
                });
            });
            pause(TICK * after as u32);
            let began = now();
            let _ = board.read();
            expect_in_time("`read` returned", now(), Duration::ZERO..=began + SOON, || {
                "`read` waited".into()
            });
        });
    });
}
