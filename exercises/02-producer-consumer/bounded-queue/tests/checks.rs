//! The contract of README.md, a check or more for each clause.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bounded_queue::{BoundedQueue, Closed, PopError};
use harness::{Check, Drops, Kind, catch, checks, every_thread_has_finished, expect, expect_eq, input};
use harness::{expect_in_any_order, expect_in_time, now, pause, settle};

checks! {
    1 => the_oldest_item_comes_out_first;
    1 => items_come_out_in_the_order_in_which_they_went_in;
    1 => each_item_comes_out_once_whoever_takes_it;
    1 => jobs_can_be_items;
    2 => never_more_than_the_capacity_waits simulated;
    2 => len_says_how_many_wait;
    2 => len_counts_no_item_that_has_been_taken;
    2 => no_capacity_is_a_panic;
    3 => a_push_with_room_waits_for_nobody;
    4 => a_pop_waits_for_an_item simulated;
    4 => a_push_waits_for_room simulated;
    4 => as_many_consumers_go_on_as_there_are_items;
    4 => as_many_producers_go_on_as_there_is_room_for;
    4 => an_item_at_a_timeout_goes_to_whoever_still_waits simulated;
    4 => a_crowd_on_both_sides_comes_through;
    4 => two_queues_at_once_keep_apart;
    5 => a_closed_queue_gives_items_back;
    5 => what_waits_at_the_close_still_comes_out;
    5 => closing_wakes_every_consumer;
    5 => closing_wakes_every_producer;
    5 => what_goes_in_before_the_close_comes_out;
    6 => a_timed_pop_gets_what_comes_in_time simulated;
    6 => a_timeout_is_not_moved_by_what_others_do simulated;
    6 => an_item_at_the_last_moment_is_not_lost simulated;
    6 => a_timed_pop_learns_of_the_close simulated;
    6 => a_timed_pop_makes_room;
    6 => no_time_and_all_time_are_timeouts simulated;
    6 => a_timeout_may_have_any_length simulated;
    6 => no_time_is_enough_for_an_item_that_is_there;
    7 => items_are_dropped_once;
    7 => a_dropped_queue_leaves_no_thread;
    8 => waiting_is_no_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);

/// An open queue with these items in it.
fn holding(capacity: usize, items: impl IntoIterator<Item = u64>) -> BoundedQueue<u64> {
    let queue = BoundedQueue::new(capacity);
    for item in items {
        put(&queue, item);
    }
    queue
}

/// Pushes to a queue that is open.
fn put(queue: &BoundedQueue<u64>, item: u64) {
    expect_eq("what `push` returned for an open queue", queue.push(item), Ok(()));
}

/// Fails the case unless it is now `wanted`, or a little later.
fn is_time(wanted: Duration, what: &str) {
    let at = now();
    expect_in_time(what, at, wanted..=wanted + SOON, || {
        let could = if at < wanted { "could not before" } else { "could at" };
        format!("{what} at {at:?}, and {could} {wanted:?}")
    });
}

fn the_oldest_item_comes_out_first(check: &Check) {
    check.forall(input::number(0..=4), |items| {
        let queue = holding(4, 0..items as u64);
        let got = (0..items).map(|_| queue.pop()).collect();
        expect_eq("the items of one thread", got, (0..items as u64).map(Some).collect::<Vec<_>>());
    });
}

fn items_come_out_in_the_order_in_which_they_went_in(check: &Check) {
    check.small("3 items through a queue for 1", (3usize, 1usize));
    check.forall(input::pair(0..=12, 1..=8), |(items, capacity)| {
        let queue = BoundedQueue::new(capacity);
        let mut got = Vec::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                (0..items as u64).for_each(|item| put(&queue, item));
                queue.close();
            });
            while let Some(item) = queue.pop() {
                got.push(item);
            }
        });
        expect_eq("the items in the order in which they came out", got, (0..items as u64).collect());
    });
}

/// Producer `p` pushes `100 * p`, `100 * p + 1` and so on; the consumers pop until the end. What each of them got.
fn trade(producers: usize, consumers: usize, each: usize, capacity: usize) -> Vec<Vec<u64>> {
    let queue = BoundedQueue::new(capacity);
    thread::scope(|scope| {
        let consume = || {
            let mut got = Vec::new();
            while let Some(item) = queue.pop() {
                got.push(item);
            }
            got
        };
        let takers: Vec<_> = (0..consumers).map(|_| scope.spawn(consume)).collect();
        let givers: Vec<_> = (0..producers as u64)
            .map(|p| {
                let queue = &queue;
                scope.spawn(move || (0..each as u64).for_each(|i| put(queue, 100 * p + i)))
            })
            .collect();
        givers.into_iter().for_each(|giver| giver.join().unwrap());
        queue.close();
        takers.into_iter().map(|taker| taker.join().unwrap()).collect()
    })
}

fn each_item_comes_out_once_whoever_takes_it(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 0..=3), |(producers, consumers, each)| {
        let got = trade(producers, consumers, each, 2);
        for items in &got {
            for p in 0..producers as u64 {
                let of_one: Vec<u64> = items.iter().copied().filter(|item| item / 100 == p).collect();
                expect(of_one.is_sorted(), Kind::WrongAnswer, || {
                    format!("a consumer got one producer's items in the order {of_one:?}; it had pushed them in ascending order")
                });
            }
        }
        let wanted: Vec<u64> =
            (0..producers as u64).flat_map(|p| (0..each as u64).map(move |i| 100 * p + i)).collect();
        expect_in_any_order("all items that came out, one consumer's after the other's", &got.concat(), &wanted);
    });
}

fn jobs_can_be_items(check: &Check) {
    check.schedules(|| {
        let queue: BoundedQueue<Box<dyn FnOnce() -> u64 + Send>> = BoundedQueue::new(1);
        let total = thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let mut total = 0;
                while let Some(job) = queue.pop() {
                    total += job();
                }
                total
            });
            for n in 1..=3 {
                expect(queue.push(Box::new(move || n * n)).is_ok(), Kind::WrongAnswer, || {
                    "an open queue refused a job".into()
                });
            }
            queue.close();
            worker.join().unwrap()
        });
        expect_eq("the sum of what the jobs returned", total, 14);
    });
}

fn never_more_than_the_capacity_waits(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=3), |(producers, each, capacity)| {
        let queue = BoundedQueue::new(capacity);
        let pushed = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..producers {
                scope.spawn(|| {
                    for item in 0..each as u64 {
                        put(&queue, item);
                        pushed.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            for popped in 0..producers * each {
                settle();
                let waiting = pushed.load(Ordering::SeqCst) - popped;
                expect(waiting <= capacity, Kind::Unbounded, || {
                    format!("{waiting} items wait in a queue of capacity {capacity}: so many more have been pushed than popped")
                });
                let len = queue.len();
                expect(len <= capacity, Kind::Unbounded, || {
                    format!("`len` says that {len} items wait in a queue of capacity {capacity}")
                });
                expect(queue.pop().is_some(), Kind::WrongAnswer, || {
                    "`pop` returned None, and the queue was not closed".into()
                });
            }
        });
    });
}

fn len_says_how_many_wait(check: &Check) {
    check.forall(input::number(1..=4), |capacity| {
        let queue = BoundedQueue::new(capacity);
        for k in 0..capacity {
            expect_eq("`len` while it is filled", queue.len(), k);
            expect_eq("`is_empty` while it is filled", queue.is_empty(), k == 0);
            put(&queue, 7);
        }
        for k in (0..capacity).rev() {
            expect_eq("an item of a queue that holds sevens", queue.pop(), Some(7));
            expect_eq("`len` while it is emptied", queue.len(), k);
        }
    });
}

/// The look comes while a producer may be in the middle of its `push`.
fn len_counts_no_item_that_has_been_taken(check: &Check) {
    check.small("an item through a queue for 1", (1usize, 1usize));
    check.forall(input::pair(1..=4, 1..=3), |(items, capacity)| {
        let queue = BoundedQueue::new(capacity);
        thread::scope(|scope| {
            scope.spawn(|| (0..items as u64).for_each(|item| put(&queue, item)));
            for item in 0..items {
                expect_eq("the oldest item", queue.pop(), Some(item as u64));
                let (len, most) = (queue.len(), capacity.min(items - item - 1));
                expect(len <= most, Kind::WrongAnswer, || {
                    format!("`len` says that {len} items wait, and at most {most} can: {} of {items} have been taken from a queue of capacity {capacity}", item + 1)
                });
            }
        });
    });
}

fn no_capacity_is_a_panic(check: &Check) {
    check.schedules(|| {
        let outcome = catch(|| BoundedQueue::<u64>::new(0).len());
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            "a capacity of 0 should panic, and `new` returned".into()
        });
    });
}

/// Nobody else is there: a push that waits waits for ever.
fn a_push_with_room_waits_for_nobody(check: &Check) {
    check.forall(input::number(1..=5), |capacity| {
        let queue = holding(capacity, 0..capacity as u64);
        expect_eq("how many wait in the queue that was filled", queue.len(), capacity);
    });
}

fn a_pop_waits_for_an_item(check: &Check) {
    check.forall(input::number(0..=2), |ticks| {
        let queue = holding(1, []);
        thread::scope(|scope| {
            scope.spawn(|| {
                expect_eq("what `pop` returned", queue.pop(), Some(7));
                if now() > Duration::ZERO {
                    is_time(TICK * ticks as u32, "`pop` returned");
                }
            });
            pause(TICK * ticks as u32);
            put(&queue, 7);
        });
    });
}

fn a_push_waits_for_room(check: &Check) {
    check.forall(input::pair(1..=3, 0..=2), |(capacity, ticks)| {
        let queue = holding(capacity, 0..capacity as u64);
        let popping = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                put(&queue, 7);
                expect(popping.load(Ordering::SeqCst), Kind::Unbounded, || {
                    format!("a queue of capacity {capacity} was full, and `push` did not wait for a `pop`")
                });
                if now() > Duration::ZERO {
                    is_time(TICK * ticks as u32, "`push` returned");
                }
            });
            pause(TICK * ticks as u32);
            popping.store(true, Ordering::SeqCst);
            expect_eq("the oldest item", queue.pop(), Some(0));
        });
    });
}

fn as_many_consumers_go_on_as_there_are_items(check: &Check) {
    check.small("2 items and 2 consumers", (2usize, 0usize));
    check.forall(input::pair(1..=4, 0..=2), |(consumers, timed)| {
        let queue = holding(consumers, []);
        thread::scope(|scope| {
            let queue = &queue;
            for consumer in 0..consumers {
                scope.spawn(move || {
                    let got = if consumer < timed { queue.pop_timeout(100 * TICK).ok() } else { queue.pop() };
                    expect(got.is_some(), Kind::WrongAnswer, || {
                        "a consumer got no item, and there is one for each of them".into()
                    });
                });
            }
            (0..consumers as u64).for_each(|item| put(queue, item));
        });
    });
}

fn as_many_producers_go_on_as_there_is_room_for(check: &Check) {
    check.small("a full queue and 2 producers", 2usize);
    check.forall(input::number(1..=4), |producers| {
        let queue = holding(producers, 0..producers as u64);
        thread::scope(|scope| {
            for _ in 0..producers {
                scope.spawn(|| put(&queue, 7));
            }
            for item in 0..producers as u64 {
                expect_eq("the oldest item", queue.pop(), Some(item));
            }
        });
        expect_eq("how many wait when all have been let in", queue.len(), producers);
    });
}

fn a_crowd_on_both_sides_comes_through(check: &Check) {
    check.small("2 producers, a consumer and a queue for 1", (2usize, 1usize, 1usize));
    check.forall(input::triple(1..=3, 1..=3, 1..=3), |(producers, consumers, each)| {
        let got = trade(producers, consumers, each, 1).concat();
        expect_eq("how many items came out", got.len(), producers * each);
    });
}

fn two_queues_at_once_keep_apart(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(one, other)| {
        let call = |items: usize| {
            let got = trade(1, 1, items, 1).concat();
            expect_eq("the items that came out of one of two queues", got, (0..items as u64).collect());
        };
        thread::scope(|scope| {
            scope.spawn(|| call(one));
            call(other);
        });
    });
}

fn a_closed_queue_gives_items_back(check: &Check) {
    check.forall(input::pair(1..=3, 0..=3), |(capacity, items)| {
        let queue = holding(capacity, 0..capacity.min(items) as u64);
        queue.close();
        expect_eq("what `push` returned after the close", queue.push(99), Err(Closed(99)));
        queue.close();
        expect_eq("what `push` returned after closing again", queue.push(98), Err(Closed(98)));
        expect_eq("how many wait", queue.len(), capacity.min(items));
    });
}

fn what_waits_at_the_close_still_comes_out(check: &Check) {
    check.forall(input::pair(0..=4, 0..=2), |(items, call)| {
        let queue = holding(4, 0..items as u64);
        queue.close();
        for item in 0..items as u64 {
            let got = match call {
                0 => queue.pop(),
                1 => queue.pop_timeout(Duration::ZERO).ok(),
                _ => queue.pop_timeout(TICK).ok(),
            };
            expect_eq("an item that went in before the close", got, Some(item));
        }
        expect_eq("`pop` of a closed, empty queue", queue.pop(), None);
        expect_eq("`pop` once more", queue.pop(), None);
    });
}

fn closing_wakes_every_consumer(check: &Check) {
    check.small("a close and 3 consumers", (3usize, 0usize));
    check.forall(input::pair(1..=3, 0..=1), |(consumers, ticks)| {
        let queue = holding(1, []);
        thread::scope(|scope| {
            for _ in 0..consumers {
                scope.spawn(|| expect_eq("a `pop` that the close ended", queue.pop(), None));
            }
            pause(TICK * ticks as u32);
            queue.close();
        });
    });
}

fn closing_wakes_every_producer(check: &Check) {
    check.small("a close and 3 producers", (3usize, 0usize));
    check.forall(input::pair(1..=3, 0..=1), |(producers, ticks)| {
        let queue = holding(1, [1]);
        thread::scope(|scope| {
            for _ in 0..producers {
                scope.spawn(|| expect_eq("a `push` that the close ended", queue.push(7), Err(Closed(7))));
            }
            pause(TICK * ticks as u32);
            queue.close();
        });
        expect_eq("what was in the queue before", (queue.pop(), queue.pop()), (Some(1), None));
    });
}

/// The close comes while producers push and consumers pop.
fn what_goes_in_before_the_close_comes_out(check: &Check) {
    check.small("a close, a producer and a consumer", (1usize, 1usize));
    check.forall(input::pair(1..=2, 1..=2), |(producers, consumers)| {
        let queue = BoundedQueue::new(2);
        let (went_in, came_out) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for p in 0..producers as u64 {
                let (queue, went_in) = (&queue, &went_in);
                scope.spawn(move || {
                    for item in 10 * p..10 * p + 2 {
                        if queue.push(item).is_ok() {
                            went_in.lock().unwrap().push(item);
                        }
                    }
                });
            }
            for _ in 0..consumers {
                scope.spawn(|| {
                    while let Some(item) = queue.pop() {
                        came_out.lock().unwrap().push(item);
                    }
                    expect_eq("`pop` after a `pop` that returned None", queue.pop(), None);
                });
            }
            queue.close();
        });
        let (went_in, came_out) = (went_in.into_inner().unwrap(), came_out.into_inner().unwrap());
        expect_in_any_order(
            "the items that came out, against those whose `push` returned Ok",
            &came_out,
            &went_in,
        );
        expect_eq("how many still wait", queue.len(), 0);
    });
}

fn a_timed_pop_gets_what_comes_in_time(check: &Check) {
    check.forall(input::pair(0..=3, 0..=3), |(comes, patience)| {
        // Half a tick apart, so that it is clear which of the two comes first.
        let (comes, patience) = (TICK * comes as u32 + TICK / 2, TICK * patience as u32);
        let queue = holding(1, []);
        thread::scope(|scope| {
            scope.spawn(|| {
                pause(comes);
                put(&queue, 7);
            });
            let got = queue.pop_timeout(patience);
            let wanted = if comes < patience { Ok(7) } else { Err(PopError::TimedOut) };
            expect_eq("what `pop_timeout` returned", got, wanted);
            is_time(comes.min(patience), "`pop_timeout` returned");
            if got.is_err() {
                expect_eq("the item that came later", queue.pop(), Some(7));
            }
        });
    });
}

/// Items come, and are taken by somebody else.
fn a_timeout_is_not_moved_by_what_others_do(check: &Check) {
    check.forall(input::pair(1..=4, 1..=3), |(patience, robberies)| {
        let queue = holding(1, []);
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..robberies {
                    pause(TICK);
                    put(&queue, 7);
                    let _ = queue.pop_timeout(Duration::ZERO);
                }
            });
            // Not at the moment of any robbery.
            let patience = TICK * patience as u32 - TICK / 2;
            match queue.pop_timeout(patience) {
                Ok(item) => expect_eq("the item", item, 7),
                Err(PopError::TimedOut) => is_time(patience, "`pop_timeout` returned Err(TimedOut)"),
                error => expect_eq("what `pop_timeout` returned", error, Err(PopError::TimedOut)),
            }
        });
    });
}

fn an_item_at_the_last_moment_is_not_lost(check: &Check) {
    check.forall(input::pair(0..=2, 1..=2), |(ticks, consumers)| {
        let queue = holding(2, []);
        let taken = AtomicUsize::new(0);
        let moment = TICK * ticks as u32;
        thread::scope(|scope| {
            for _ in 0..consumers {
                scope.spawn(|| {
                    if queue.pop_timeout(moment).is_ok() {
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            pause(moment);
            put(&queue, 7);
        });
        let (taken, len) = (taken.load(Ordering::SeqCst), queue.len());
        expect_eq(
            "one item came at the moment of the timeout: how many were taken or still wait",
            taken + len,
            1,
        );
    });
}

/// One consumer gives up at the moment at which the item comes. The other one waits without a limit.
fn an_item_at_a_timeout_goes_to_whoever_still_waits(check: &Check) {
    check.forall(input::triple(1..=2, 1..=2, 0..=2), |(ticks, patient, early)| {
        let queue = holding(2, []);
        let moment = TICK * ticks as u32;
        thread::scope(|scope| {
            let timed = scope.spawn(|| queue.pop_timeout(moment));
            let popped: Vec<_> = (0..patient).map(|_| scope.spawn(|| queue.pop().map(|_| now()))).collect();
            // Time may pass between the wake of the consumer and its look at the clock: on a busy machine, to where somebody
            // else wakes.
            scope.spawn(|| pause(moment));
            pause(moment - Duration::from_micros(400) * early as u32);
            let pushed = now();
            put(&queue, 7);
            pause(SOON * 2);
            let left = queue.len();
            expect(left == 0, Kind::TooLate, || {
                let patient = if patient == 1 { "a consumer waits" } else { "two consumers wait" };
                format!("an item was pushed at {pushed:?}, when a timeout ended, and 100 ms later it still waits, while {patient} for it")
            });
            queue.close();
            let others = popped.into_iter().map(|thread| thread.join().unwrap());
            let got = others.flatten().count() + usize::from(timed.join().unwrap().is_ok());
            expect_eq("how many consumers got the one item", got, 1);
        });
    });
}

fn a_timed_pop_learns_of_the_close(check: &Check) {
    check.forall(input::pair(0..=2, 1..=3), |(ticks, consumers)| {
        let queue = holding(1, []);
        let closed = TICK * ticks as u32;
        thread::scope(|scope| {
            for _ in 0..consumers {
                scope.spawn(|| {
                    let outcome = queue.pop_timeout(4 * TICK);
                    expect_eq("what `pop_timeout` returned at the close", outcome, Err(PopError::Closed));
                    is_time(closed, "`pop_timeout` returned Err(Closed)");
                });
            }
            pause(closed);
            queue.close();
        });
    });
}

fn a_timed_pop_makes_room(check: &Check) {
    check.forall(input::triple(1..=3, 0..=1, 0..=1), |(producers, ticks, patience)| {
        let queue = holding(producers, 0..producers as u64);
        thread::scope(|scope| {
            for _ in 0..producers {
                scope.spawn(|| put(&queue, 7));
            }
            pause(TICK * ticks as u32);
            for item in 0..producers as u64 {
                expect_eq("the oldest item", queue.pop_timeout(TICK * patience as u32), Ok(item));
            }
        });
    });
}

fn no_time_and_all_time_are_timeouts(check: &Check) {
    check.forall(input::longest_and(0..=1), |(longest, ticks)| {
        let queue = holding(1, []);
        let outcome = queue.pop_timeout(Duration::ZERO);
        expect_eq("a timeout of zero on an empty queue", outcome, Err(PopError::TimedOut));
        expect(now() < SOON, Kind::TooLate, || format!("a timeout of zero took {:?}", now()));
        put(&queue, 1);
        expect_eq("a timeout of zero with an item there", queue.pop_timeout(Duration::ZERO), Ok(1));
        thread::scope(|scope| {
            scope.spawn(|| {
                expect_eq(&format!("a timeout of {longest:?}"), queue.pop_timeout(longest), Ok(2));
            });
            pause(TICK * ticks as u32);
            put(&queue, 2);
        });
        queue.close();
        let outcome = queue.pop_timeout(Duration::ZERO);
        expect_eq("a timeout of zero on a closed queue", outcome, Err(PopError::Closed));
        let outcome = queue.pop_timeout(longest);
        expect_eq(&format!("a timeout of {longest:?} on a closed queue"), outcome, Err(PopError::Closed));
    });
}

fn a_timeout_may_have_any_length(check: &Check) {
    check.forall(input::time(), |timeout| {
        let queue = holding(1, []);
        let called = now();
        expect_eq("a timeout without an item", queue.pop_timeout(timeout), Err(PopError::TimedOut));
        is_time(called + timeout, "`pop_timeout` returned Err(TimedOut)");
    });
}

/// There is an item for each of them, whatever the others do meanwhile.
fn no_time_is_enough_for_an_item_that_is_there(check: &Check) {
    check.small("2 items and 2 consumers", (2usize, 0usize));
    check.forall(input::pair(1..=3, 0..=2), |(consumers, looks)| {
        let queue = holding(consumers, 0..consumers as u64);
        thread::scope(|scope| {
            for _ in 0..consumers {
                scope.spawn(|| {
                    let got = queue.pop_timeout(Duration::ZERO);
                    expect(got.is_ok(), Kind::WrongAnswer, || {
                        "a timeout of zero returned Err(TimedOut), and there is an item for each consumer"
                            .into()
                    });
                });
            }
            (0..looks).for_each(|_| {
                queue.len();
            });
        });
    });
}

fn items_are_dropped_once(check: &Check) {
    check.forall(input::triple(0..=4, 0..=4, 0..=1), |(pushed, popped, closed)| {
        let drops = Drops::new();
        let mut kept = Vec::new();
        {
            let queue = BoundedQueue::new(4);
            for _ in 0..pushed {
                let went_in = queue.push(drops.token()).is_ok();
                expect(went_in, Kind::WrongAnswer, || "an open queue refused an item".into());
            }
            if closed == 1 {
                queue.close();
                drop(queue.push(drops.token()));
            }
            kept.extend((0..popped.min(pushed)).map(|_| queue.pop()));
            expect_eq("how many items live while the queue does", drops.alive(), pushed);
        }
        expect_eq(
            "how many items live when the queue is dropped: those taken out",
            drops.alive(),
            kept.len(),
        );
    });
}

fn a_dropped_queue_leaves_no_thread(check: &Check) {
    check.forall(input::triple(0..=2, 0..=2, 0..=1), |(pushed, popped, closed)| {
        {
            let queue = holding(2, 0..pushed as u64);
            for _ in 0..popped.min(pushed) {
                queue.pop();
            }
            if closed == 1 {
                queue.close();
            }
        }
        every_thread_has_finished();
    });
}

fn waiting_is_no_spin(check: &Check) {
    check.forall(input::pair(1..=2, 0..=2), |(threads, what)| {
        let queue = holding(1, if what == 2 { Some(1) } else { None });
        let wait = || {
            let _ = match what {
                0 => queue.pop().is_some(),
                1 => queue.pop_timeout(4 * TICK).is_ok(),
                _ => queue.push(7).is_ok(),
            };
        };
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(wait);
            }
            pause(TICK);
            settle();
            queue.close();
        });
    });
}
