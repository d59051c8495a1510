//! The contract of README.md, a check or more for each clause.

use std::panic::panic_any;
use std::thread;
use std::time::Duration;

use car_keys::{Board, Taken};
use harness::{Check, Drops, Gate, Kind, Meter, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, fail, input, pause, settle};

checks! {
    1 => a_dropped_guard_returns_its_key;
    1 => a_panic_returns_the_key_too;
    1 => a_key_may_return_on_another_thread;
    2 => a_waiting_driver_gets_the_key;
    2 => each_returned_key_is_taken_at_once simulated;
    2 => as_many_drive_at_once_as_there_are_keys simulated;
    3 => every_key_is_dropped_once;
    3 => boards_are_independent;
    3 => drivers_wait_at_two_boards simulated;
}

const TICK: Duration = Duration::from_millis(100);

/// Neither `Clone` nor `Copy`.
#[derive(Debug)]
struct Key(usize);

fn board(keys: usize) -> Board<Key> {
    Board::new((0..keys).map(Key).collect())
}

fn all_keys(board: &Board<Key>, keys: usize) -> Vec<Taken<'_, Key>> {
    (0..keys).map(|_| board.take()).collect()
}

fn all_keys_hang(board: &Board<Key>, keys: usize, when: &str) {
    let hanging = board.hanging();
    expect(hanging == keys, Kind::WrongAnswer, || {
        format!("{when}, {keys} keys should hang on the board, and there are {hanging}")
    });
}

fn a_dropped_guard_returns_its_key(check: &Check) {
    check.forall(input::pair(1..=3, 1..=4), |(keys, rounds)| {
        let board = board(keys);
        for _ in 0..rounds {
            let taken: Vec<_> = (0..keys).map(|_| board.take()).collect();
            let numbers: Vec<usize> = taken.iter().map(|key| key.0).collect();
            expect_in_any_order("the keys that were taken", &numbers, &(0..keys).collect::<Vec<_>>());
            expect_eq("how many keys hang on the board when all are taken", board.hanging(), 0);
            drop(taken);
            all_keys_hang(&board, keys, "after all drops");
        }
    });
}

/// The payload is a text, a text made at run time, or something else.
fn a_panic_returns_the_key_too(check: &Check) {
    check.small("a driver that panics, and a driver after it", (vec![1u64, 0], 1usize));
    check.forall(input::numbers_and(0..4, 1..=5, 1..=2), |(drivers, keys)| {
        let board = board(keys);
        thread::scope(|scope| {
            let drive = |fate: &u64| {
                let (board, fate) = (&board, *fate);
                let thread = scope.spawn(move || {
                    let key = board.take();
                    match fate {
                        0 => pause(TICK),
                        1 => panic!("an accident (the check makes it panic)"),
                        2 => panic!("an accident with car {} (the check makes it panic)", key.0),
                        _ => panic_any(fate),
                    }
                });
                (fate, thread)
            };
            for (fate, thread) in drivers.iter().map(drive).collect::<Vec<_>>() {
                expect_eq("whether a driver's thread ended well", thread.join().is_ok(), fate == 0);
            }
        });
        all_keys_hang(&board, keys, "after drivers that panicked");
    });
}

fn a_key_may_return_on_another_thread(check: &Check) {
    check.forall(input::number(1..=3), |keys| {
        let board = board(keys);
        let taken: Vec<_> = (0..keys).map(|_| board.take()).collect();
        thread::scope(|scope| {
            taken.into_iter().for_each(|key| drop(scope.spawn(move || drop(key))));
        });
        all_keys_hang(&board, keys, "after drops on other threads");
    });
}

fn a_waiting_driver_gets_the_key(check: &Check) {
    check.small("2 drivers and 1 key", (2usize, 1usize));
    check.forall(input::pair(1..=6, 1..=3), |(drivers, keys)| {
        let (board, meter) = (board(keys), Meter::new());
        thread::scope(|scope| {
            for driver in 0..drivers {
                let (board, meter) = (&board, &meter);
                scope.spawn(move || {
                    let _key = board.take();
                    let _inside = meter.enter();
                    meter.at_most(keys, "drivers");
                    pause(TICK * (driver % 2) as u32);
                });
            }
        });
        all_keys_hang(&board, keys, "when all drivers are back");
    });
}

/// All keys return at about the same time, while drivers wait.
fn each_returned_key_is_taken_at_once(check: &Check) {
    check.small("2 keys and 2 waiting drivers", (2usize, 2usize));
    check.forall(input::pair(1..=3, 1..=4), |(keys, drivers)| {
        let (board, meter, gate) = (board(keys), Meter::new(), Gate::new());
        let taken: Vec<_> = (0..keys).map(|_| board.take()).collect();
        thread::scope(|scope| {
            for _ in 0..drivers {
                scope.spawn(|| {
                    let _key = board.take();
                    let _inside = meter.enter();
                    gate.wait();
                });
            }
            settle();
            drop(taken);
            settle();
            let (driving, wanted) = (meter.inside(), keys.min(drivers));
            expect(driving == wanted, Kind::TooLate, || {
                format!("{keys} keys have returned, {drivers} drivers waited for them, and {driving} of them have one")
            });
            gate.open();
        });
    });
}

fn as_many_drive_at_once_as_there_are_keys(check: &Check) {
    check.forall(input::pair(1..=4, 1..=3), |(keys, rounds)| {
        let board = board(keys);
        for _ in 0..rounds {
            let (meter, gate) = (Meter::new(), Gate::new());
            thread::scope(|scope| {
                for _ in 0..keys {
                    scope.spawn(|| {
                        let _key = board.take();
                        let _inside = meter.enter();
                        gate.wait();
                    });
                }
                settle();
                let driving = meter.inside();
                expect(driving == keys, Kind::Sequential, || {
                    format!("there are {keys} keys, and {driving} of {keys} drivers drive")
                });
                gate.open();
            });
        }
        every_thread_has_finished();
    });
}

fn every_key_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and(0..2, 0..=4, 1..=3), |(drivers, keys)| {
        let drops = Drops::new();
        let board = Board::new((0..keys).map(|_| drops.token()).collect());
        thread::scope(|scope| {
            let drive = |fate: &u64| {
                let (board, fate) = (&board, *fate);
                scope.spawn(move || {
                    let _key = board.take();
                    assert!(fate == 0, "an accident (the check makes it panic)");
                })
            };
            for thread in drivers.iter().map(drive).collect::<Vec<_>>() {
                let _ = thread.join();
            }
        });
        if drops.alive() < keys {
            fail(
                Kind::WrongAnswer,
                format!("{} of {keys} keys were dropped before the board", keys - drops.alive()),
            );
        }
        drop(board);
        expect_eq("how many keys are not dropped after the board", drops.alive(), 0);
    });
}

fn boards_are_independent(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(one, other)| {
        let (one_board, other_board) = (board(one), board(other));
        let taken: Vec<_> = (0..one).map(|_| one_board.take()).collect();
        let key = other_board.take();
        drop(taken);
        all_keys_hang(&one_board, one, "after all drops at one of two boards");
        drop(key);
        all_keys_hang(&other_board, other, "after a drop at the other board");
    });
}

/// Drivers wait at two boards. One comes to a third board, which has a key, and then a key returns to each of the two.
fn drivers_wait_at_two_boards(check: &Check) {
    check.small("1 key and 1 waiting driver at each of 2 boards", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=3), |(keys, waiting)| {
        let boards: [_; 3] = [keys, keys, 1].map(|keys| (board(keys), Meter::new()));
        let ([.., (third, at_third)], gate) = (&boards, Gate::new());
        let drive = |board, meter: &Meter| {
            let _key = Board::take(board);
            let _inside = meter.enter();
            gate.wait();
        };
        let drive = &drive;
        let mut taken = [all_keys(&boards[0].0, keys), all_keys(&boards[1].0, keys)];
        thread::scope(|scope| {
            // Whoever waits longest waits at the second one.
            for (board, meter) in boards[..2].iter().rev() {
                (0..waiting).for_each(|_| drop(scope.spawn(move || drive(board, meter))));
                settle();
            }
            scope.spawn(|| drive(third, at_third));
            settle();
            expect(at_third.inside() == 1, Kind::TooLate, || {
                "drivers wait at two boards, and one at a board with a key has not taken it".into()
            });
            for (taken, (_, meter)) in taken.iter_mut().zip(&boards) {
                drop(taken.pop());
                settle();
                let driving = meter.inside();
                expect(driving == 1, Kind::TooLate, || {
                    format!("a key has returned to a board, {waiting} drivers waited there, and {driving} of them have one")
                });
            }
            gate.open();
            taken.iter_mut().for_each(Vec::clear);
        });
    });
}
