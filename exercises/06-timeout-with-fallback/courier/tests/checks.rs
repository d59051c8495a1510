//! The contract of README.md, a check or more for each clause.

use std::fmt::Debug;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use courier::{News, wait_at_the_door};
use harness::{
    Check, Drops, Kind, catch, checks, expect_eq, expect_took, fail, input, now, panic_message, pause,
};

checks! {
    1 => a_parcel_that_is_there_arrives;
    1 => a_parcel_that_comes_within_the_limit_arrives;
    1 => a_parcel_arrives_at_once simulated;
    1 => parcels_arrive_in_order_and_once;
    2 => without_a_parcel_it_is_not_yet;
    2 => it_is_not_yet_at_the_limit_and_not_before simulated;
    2 => a_limit_may_have_any_length simulated;
    2 => a_parcel_after_the_limit_arrives_in_the_next_call;
    2 => a_parcel_that_comes_at_the_limit_is_not_lost;
    2 => the_longest_limit_is_a_limit;
    3 => without_couriers_it_is_never;
    3 => it_is_never_as_soon_as_the_last_courier_leaves simulated;
    3 => a_waiting_call_does_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// Long, and on real threads never reached.
const HOUR: Duration = Duration::from_hours(1);

/// Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Parcel(usize);

fn wait<T: Debug>(parcels: &Receiver<T>, limit: Duration) -> News<T> {
    match catch(|| wait_at_the_door(parcels, limit)) {
        Ok(news) => news,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(Kind::Panicked, format!("the call panicked with {message:?} for a limit of {limit:?}"))
        }
    }
}

fn a_parcel_that_is_there_arrives(check: &Check) {
    check.small("a parcel that is there, a limit of zero, a courier that has left", (0usize, 1usize, 0usize));
    check.forall(input::triple(0..=3, 0..=1, 0..=2), |(limit, left, more)| {
        let (courier, parcels) = mpsc::channel();
        (0..=more).for_each(|n| courier.send(Parcel(n)).unwrap());
        let kept = (left == 0).then_some(courier);
        for n in 0..=more {
            expect_eq("the news", wait(&parcels, TICK * limit as u32), News::Arrived(Parcel(n)));
        }
        drop(kept);
    });
}

fn a_parcel_that_comes_within_the_limit_arrives(check: &Check) {
    check.small("a parcel that comes at once", 0usize);
    check.forall(input::number(0..=5), |n| {
        let (courier, parcels) = mpsc::channel();
        thread::spawn(move || {
            pause(TICK * n as u32);
            courier.send(Parcel(n))
        });
        expect_eq("the news", wait(&parcels, HOUR), News::Arrived(Parcel(n)));
    });
}

fn a_parcel_arrives_at_once(check: &Check) {
    check.forall(input::pair(0..=20, 0..=1), |(n, stays)| {
        let (courier, parcels) = mpsc::channel();
        let kept = (stays == 1).then(|| courier.clone());
        thread::spawn(move || {
            pause(TICK * n as u32 / 2);
            courier.send(now()).unwrap();
        });
        let (comes, limit) = (TICK * n as u32 / 2, 11 * TICK);
        let News::Arrived(sent) = wait(&parcels, limit) else {
            fail(
                Kind::WrongAnswer,
                format!("a parcel comes {comes:?} after the call, within its limit of {limit:?}, and it did not arrive"),
            )
        };
        let late = now() - sent;
        expect_took("the call returned", late, Duration::ZERO..=SOON, || {
            format!("the call returned {late:?} after the parcel had been sent")
        });
        drop(kept);
    });
}

fn parcels_arrive_in_order_and_once(check: &Check) {
    check.forall(input::pair(0..=5, 1..=3), |(count, couriers)| {
        let ((courier, parcels), drops) = (mpsc::channel(), Drops::new());
        let tokens: Vec<Vec<_>> =
            (0..couriers).map(|_| (0..count).map(|i| (i, drops.token())).collect()).collect();
        for (name, tokens) in tokens.into_iter().enumerate() {
            let courier = courier.clone();
            thread::spawn(move || {
                for (i, token) in tokens {
                    pause(TICK * (i % 2) as u32);
                    courier.send((name, i, token)).unwrap();
                }
            });
        }
        drop(courier);
        let mut arrived = vec![0; couriers];
        while let News::Arrived((name, i, token)) = wait(&parcels, HOUR) {
            expect_eq("the place of a parcel among those of its courier", i, arrived[name]);
            arrived[name] += 1;
            drop(token);
        }
        expect_eq("how many parcels of each courier arrived", arrived, vec![count; couriers]);
        expect_eq("how many parcels are not dropped", drops.alive(), 0);
    });
}

fn without_a_parcel_it_is_not_yet(check: &Check) {
    check.small("no parcel, and a courier on the way", (0usize, 1usize));
    check.forall(input::pair(0..=3, 1..=3), |(limit, couriers)| {
        let (courier, parcels) = mpsc::channel::<Parcel>();
        let couriers: Vec<_> = (0..couriers).map(|_| courier.clone()).collect();
        drop(courier);
        for _ in 0..2 {
            expect_eq(
                "the news while a courier is on the way",
                wait(&parcels, SOON * limit as u32),
                News::NotYet,
            );
        }
        drop(couriers);
    });
}

fn it_is_not_yet_at_the_limit_and_not_before(check: &Check) {
    check.forall(input::pair(0..=40, 0..=1), |(halves, leaves)| {
        let (courier, parcels) = mpsc::channel::<Parcel>();
        let other = courier.clone();
        // One of two couriers leaves: that changes nothing.
        thread::spawn(move || {
            pause(TICK * halves as u32 / 4);
            if leaves == 1 { drop(other) } else { pause(HOUR) }
        });
        let limit = TICK * halves as u32 / 2;
        let before = now();
        expect_eq("the news while a courier is on the way", wait(&parcels, limit), News::NotYet);
        let took = now() - before;
        expect_took("the call returned", took, limit..=limit + SOON, || {
            format!("with a limit of {limit:?} the call took {took:?}")
        });
        drop(courier);
    });
}

fn a_limit_may_have_any_length(check: &Check) {
    // A call may look every few milliseconds.
    check.forall(input::time_up_to(10 * TICK * 2), |limit| {
        let (courier, parcels) = mpsc::channel::<Parcel>();
        let before = now();
        expect_eq("the news while a courier is on the way", wait(&parcels, limit), News::NotYet);
        let took = now() - before;
        expect_took("the call returned", took, limit..=limit + SOON, || {
            format!("with a limit of {limit:?} the call took {took:?}")
        });
        drop(courier);
    });
}

fn a_parcel_after_the_limit_arrives_in_the_next_call(check: &Check) {
    check.forall(input::number(0..=3), |n| {
        let (courier, parcels) = mpsc::channel();
        let limit = SOON * n as u32;
        expect_eq("the news before a parcel is sent", wait(&parcels, limit), News::NotYet);
        courier.send(Parcel(n)).unwrap();
        expect_eq("the news after a parcel was sent", wait(&parcels, limit), News::Arrived(Parcel(n)));
        drop(courier);
        expect_eq("the news when the courier has left", wait(&parcels, limit), News::Never);
    });
}

fn a_parcel_that_comes_at_the_limit_is_not_lost(check: &Check) {
    check.small("a parcel that comes at once, and a limit of zero", 0usize);
    check.forall(input::number(0..=5), |n| {
        let (courier, parcels) = mpsc::channel();
        let other = courier.clone();
        thread::spawn(move || {
            pause(TICK * n as u32);
            other.send(Parcel(n))
        });
        let mut news = wait(&parcels, TICK * n as u32);
        if news == News::NotYet {
            news = wait(&parcels, HOUR);
        }
        expect_eq("the news of one of two calls", news, News::Arrived(Parcel(n)));
        drop(courier);
    });
}

fn the_longest_limit_is_a_limit(check: &Check) {
    check.forall(input::longest_and_two(0..=3, 0..=1), |(limit, n, sends)| {
        let (courier, parcels) = mpsc::channel();
        thread::spawn(move || {
            pause(TICK * n as u32);
            if sends == 1 {
                courier.send(Parcel(n)).unwrap();
            }
        });
        let wanted = if sends == 1 { News::Arrived(Parcel(n)) } else { News::Never };
        expect_eq(&format!("the news with a limit of {limit:?}"), wait(&parcels, limit), wanted);
    });
}

fn without_couriers_it_is_never(check: &Check) {
    check.small("no courier, and a limit of zero", (0usize, 1usize));
    check.forall(input::pair(0..=3, 1..=3), |(limit, times)| {
        let (courier, parcels) = mpsc::channel::<Parcel>();
        drop(courier);
        for _ in 0..times {
            expect_eq("the news without couriers", wait(&parcels, HOUR * limit as u32), News::Never);
        }
    });
}

fn it_is_never_as_soon_as_the_last_courier_leaves(check: &Check) {
    check.forall(input::pair(0..=20, 1..=3), |(n, couriers)| {
        let (courier, parcels) = mpsc::channel::<Parcel>();
        for i in 0..couriers {
            let courier = courier.clone();
            thread::spawn(move || {
                pause(TICK * (n * (i + 1)) as u32 / 2);
                drop(courier);
            });
        }
        drop(courier);
        let (before, last) = (now(), TICK * (n * couriers) as u32 / 2);
        expect_eq("the news when the last courier leaves", wait(&parcels, HOUR), News::Never);
        let took = now() - before;
        expect_took("the call returned", took, Duration::ZERO..=last + SOON, || {
            format!("the last courier left after {last:?}, and the call took {took:?}")
        });
    });
}

fn a_waiting_call_does_not_spin(check: &Check) {
    check.forall(input::pair(1..=5, 0..=1), |(n, sends)| {
        let (courier, parcels) = mpsc::channel();
        thread::spawn(move || {
            pause(TICK * n as u32);
            if sends == 1 {
                courier.send(Parcel(n)).unwrap();
            }
            pause(TICK);
        });
        wait(&parcels, TICK / 2);
        wait(&parcels, TICK * n as u32);
    });
}
