//! Litmus programs with known outcomes and known numbers of interleavings, and runs that can be repeated.

use std::cell::RefCell;
use std::collections::BTreeSet;

use engine::{Limits, Options, Strategy, Style, execute};
use simstd::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use simstd::sync::{Condvar, Mutex};
use simstd::thread;

use crate::{every, run};

/// Collects what a program saw in each schedule.
#[derive(Default)]
struct Outcomes<T>(RefCell<BTreeSet<T>>);

impl<T: Ord> Outcomes<T> {
    fn see(&self, outcome: T) {
        self.0.borrow_mut().insert(outcome);
    }
    fn all(self) -> Vec<T> {
        self.0.into_inner().into_iter().collect()
    }
}

/// The orders in which the operations of the threads took effect.
fn orders(threads: &[usize]) -> Vec<String> {
    let outcomes = Outcomes::default();
    every(&|| {
        let order = Mutex::new(String::new());
        thread::scope(|scope| {
            for (t, operations) in threads.iter().enumerate() {
                let order = &order;
                scope.spawn(move || {
                    for _ in 0..*operations {
                        order.lock().unwrap().push(char::from(b'a' + t as u8));
                    }
                });
            }
        });
        outcomes.see(order.into_inner().unwrap());
    });
    outcomes.all()
}

#[test]
fn two_threads_of_one_operation_have_two_orders() {
    assert_eq!(orders(&[1, 1]), ["ab", "ba"]);
}

#[test]
fn two_threads_of_two_operations_have_six_orders() {
    assert_eq!(orders(&[2, 2]), ["aabb", "abab", "abba", "baab", "baba", "bbaa"]);
}

#[test]
fn three_threads_of_one_operation_have_six_orders() {
    assert_eq!(orders(&[1, 1, 1]), ["abc", "acb", "bac", "bca", "cab", "cba"]);
}

#[test]
fn store_buffering_has_the_outcomes_of_sequential_consistency() {
    let outcomes = Outcomes::default();
    every(&|| {
        let (x, y) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (a, b) = thread::scope(|scope| {
            let a = scope.spawn(|| {
                x.store(1, SeqCst);
                y.load(SeqCst)
            });
            let b = scope.spawn(|| {
                y.store(1, SeqCst);
                x.load(SeqCst)
            });
            (a.join().unwrap(), b.join().unwrap())
        });
        outcomes.see((a, b));
    });
    assert_eq!(outcomes.all(), [(0, 1), (1, 0), (1, 1)]);
}

#[test]
fn message_passing_never_shows_the_flag_without_the_message() {
    let outcomes = Outcomes::default();
    every(&|| {
        let (message, flag) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let seen = thread::scope(|scope| {
            scope.spawn(|| {
                message.store(1, SeqCst);
                flag.store(1, SeqCst);
            });
            (flag.load(SeqCst), message.load(SeqCst))
        });
        outcomes.see(seen);
    });
    assert_eq!(outcomes.all(), [(0, 0), (0, 1), (1, 1)]);
}

#[test]
fn a_counter_of_load_and_store_loses_updates_and_a_fetch_add_does_not() {
    let totals = |add: fn(&AtomicUsize)| {
        let outcomes = Outcomes::default();
        every(&|| {
            let total = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| (0..2).for_each(|_| add(&total)));
                }
            });
            outcomes.see(total.into_inner());
        });
        outcomes.all()
    };
    assert_eq!(totals(|n| n.store(n.load(SeqCst) + 1, SeqCst)), [2, 3, 4]);
    assert_eq!(
        totals(|n| {
            n.fetch_add(1, SeqCst);
        }),
        [4]
    );
}

#[test]
fn notify_one_may_wake_either_waiter() {
    let outcomes = Outcomes::default();
    for seed in 0..200 {
        run(seed, &|| {
            let (turn, woken) = (Mutex::new((0, None)), Condvar::new());
            thread::scope(|scope| {
                for me in 0..2 {
                    let (turn, woken) = (&turn, &woken);
                    scope.spawn(move || {
                        let mut state = turn.lock().unwrap();
                        state.0 += 1;
                        state = woken.wait(state).unwrap();
                        state.1.get_or_insert(me);
                        drop(state);
                        woken.notify_one();
                    });
                }
                while turn.lock().unwrap().0 < 2 {
                    thread::yield_now();
                }
                woken.notify_one();
            });
            outcomes.see(turn.into_inner().unwrap().1);
        });
    }
    assert_eq!(outcomes.all(), [Some(0), Some(1)]);
}

/// Something with locks, time, a hash map and a panic in it.
fn busy_program() {
    let total = Mutex::new(0);
    let seen: simstd::collections::HashMap<u32, u32> = (0..20).map(|n| (n, n)).collect();
    thread::scope(|scope| {
        for n in 0..3 {
            let (total, seen) = (&total, &seen);
            scope.spawn(move || {
                for key in seen.keys() {
                    *total.lock().unwrap() += key * n;
                }
                thread::sleep(std::time::Duration::from_millis(u64::from(n)));
            });
        }
        drop(scope.spawn(|| panic!("on purpose")).join());
    });
}

#[test]
fn the_same_seed_gives_the_same_run_event_for_event() {
    let trace = |seed| {
        let options = Options {
            strategy: Strategy::new(seed, Style::Mixed),
            limits: Limits { steps: 50_000, threads: 100 },
            explain: true,
            trace: true,
            source: "interleavings.rs",
        };
        let run = execute(options, &busy_program);
        let events =
            run.events.iter().map(|e| format!("{} {} {} {:?} {:?}", e.task, e.op, e.object, e.at, e.time));
        (events.collect::<Vec<_>>(), run.steps, run.switches, run.time)
    };
    for seed in 0..20 {
        assert_eq!(trace(seed), trace(seed), "seed {seed}");
    }
    let different: BTreeSet<_> = (0..20).map(|seed| trace(seed).0).collect();
    assert!(different.len() > 10, "seeds should give different schedules, and gave {}", different.len());
}

#[test]
fn the_meaning_of_a_seed_never_changes() {
    // Learners keep seeds, and so do we. If this fails, say so in the release notes.
    let shape = |seed| {
        let run = run(seed, &busy_program);
        (run.steps, run.switches)
    };
    assert_eq!([shape(1), shape(2), shape(3)], include!("seeds.txt"));
}
