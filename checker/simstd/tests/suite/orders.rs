//! Where memory orders mean what they say: what synchronises, what does not, and that every loop ends.

use std::time::Duration;

use engine::{Ending, Run, StaleReads, Strategy, Style};
use simstd::sync::atomic::{AtomicBool, AtomicU32, Ordering::*};
use simstd::sync::{Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, mpsc};
use simstd::thread;

use crate::run_with;

const SEEDS: u64 = 600;

fn run(seed: u64, program: &dyn Fn()) -> Run {
    run_with(Strategy::new(seed, Style::Mixed).with_stale_reads(StaleReads::Drawn(seed)), program)
}

/// In how many schedules the program panics; it must complete in all others.
fn failures(program: &dyn Fn()) -> usize {
    let fails = |seed: &u64| match run(*seed, program).ending {
        Ending::Completed => false,
        Ending::Panicked => true,
        ending => panic!("seed {seed}: {ending:?}"),
    };
    (0..SEEDS).filter(fails).count()
}

/// One thread writes a number, and then does `tell`; the other does `learn`, and if that says so, it must read the number.
fn passes_on(tell: impl Fn() + Sync, learn: impl Fn() -> bool) -> usize {
    failures(&|| {
        let number = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                number.store(1, Relaxed);
                tell();
            });
            if learn() {
                assert_eq!(number.load(Relaxed), 1, "it is stale");
            }
        });
    })
}

#[test]
fn a_relaxed_flag_passes_nothing_on_and_a_released_one_does() {
    static FLAG: AtomicBool = AtomicBool::new(false);
    let failures = passes_on(|| FLAG.store(true, Relaxed), || FLAG.load(Relaxed));
    assert!(failures > 10, "{failures}");
    assert!(passes_on(|| FLAG.store(true, Release), || FLAG.load(Relaxed)) > 10);
    assert!(passes_on(|| FLAG.store(true, Relaxed), || FLAG.load(Acquire)) > 10);
    assert_eq!(passes_on(|| FLAG.store(true, Release), || FLAG.load(Acquire)), 0);
}

#[test]
fn locks_pass_on_what_was_done_before() {
    static LOCK: Mutex<bool> = Mutex::new(false);
    assert_eq!(passes_on(|| *LOCK.lock().unwrap() = true, || *LOCK.lock().unwrap()), 0);
    let tries = || LOCK.try_lock().is_ok_and(|told| *told);
    assert_eq!(passes_on(|| *LOCK.lock().unwrap() = true, tries), 0);
    static RW: RwLock<bool> = RwLock::new(false);
    assert_eq!(passes_on(|| *RW.write().unwrap() = true, || *RW.read().unwrap()), 0);
    static CHANGED: Condvar = Condvar::new();
    let tell = || {
        *LOCK.lock().unwrap() = true;
        CHANGED.notify_all();
    };
    let waits = || *CHANGED.wait_while(LOCK.lock().unwrap(), |told| !*told).unwrap();
    assert_eq!(passes_on(tell, waits), 0);
    let waits = || *CHANGED.wait_timeout(LOCK.lock().unwrap(), Duration::from_millis(1)).unwrap().0;
    assert_eq!(passes_on(tell, waits), 0);
}

#[test]
fn what_is_initialised_once_passes_on_what_was_done_before() {
    static ONCE: Once = Once::new();
    assert_eq!(passes_on(|| ONCE.call_once(|| {}), || ONCE.is_completed()), 0);
    static CELL: OnceLock<u8> = OnceLock::new();
    assert_eq!(passes_on(|| CELL.set(1).unwrap(), || CELL.get().is_some()), 0);
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    static LAZY: LazyLock<u8> = LazyLock::new(|| {
        NUMBER.store(1, Relaxed);
        1
    });
    let both = failures(&|| {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| assert_eq!(u32::from(*LAZY), NUMBER.load(Relaxed)));
            }
        });
    });
    assert_eq!(both, 0);
}

#[test]
fn channels_and_barriers_pass_on_what_was_done_before() {
    for capacity in [0, 1] {
        let failures = failures(&|| {
            let (number, (sender, receiver)) = (&AtomicU32::new(0), mpsc::sync_channel(capacity));
            thread::scope(|scope| {
                scope.spawn(move || {
                    number.store(1, Relaxed);
                    sender.send(()).unwrap();
                });
                receiver.recv().unwrap();
                assert_eq!(number.load(Relaxed), 1);
            });
        });
        assert_eq!(failures, 0, "capacity {capacity}");
    }
    let failures = failures(&|| {
        let (barrier, numbers) = (Barrier::new(2), [AtomicU32::new(0), AtomicU32::new(0)]);
        thread::scope(|scope| {
            for me in 0..2 {
                let (barrier, numbers) = (&barrier, &numbers);
                scope.spawn(move || {
                    numbers[me].store(1, Relaxed);
                    barrier.wait();
                    assert_eq!(numbers[1 - me].load(Relaxed), 1);
                });
            }
        });
    });
    assert_eq!(failures, 0);
}

#[test]
fn the_start_and_the_end_of_a_thread_pass_on_what_was_done_before() {
    let failures = failures(&|| {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        NUMBER.store(1, Relaxed);
        let thread = thread::spawn(|| {
            assert_eq!(NUMBER.load(Relaxed), 1);
            NUMBER.store(2, Relaxed);
        });
        thread.join().unwrap();
        assert_eq!(NUMBER.load(Relaxed), 2);
        thread::scope(|scope| {
            scope.spawn(|| NUMBER.store(3, Relaxed));
        });
        assert_eq!(NUMBER.load(Relaxed), 3);
        let main = thread::current();
        let thread = thread::spawn(move || {
            NUMBER.store(4, Relaxed);
            main.unpark();
        });
        thread::park();
        let seen = NUMBER.load(Relaxed);
        // It may have been woken without a cause.
        assert!(seen == 4 || !thread.is_finished() || seen == 3);
        thread.join().unwrap();
    });
    assert_eq!(failures, 0);
}

#[test]
fn time_makes_a_store_visible() {
    let failures = failures(&|| {
        let (number, done) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                number.store(1, Relaxed);
                done.fetch_add(1, Relaxed);
            });
            // It may be held up for longer than any sleep.
            while done.swap(0, Relaxed) == 0 {
                thread::yield_now();
            }
            thread::sleep(Duration::from_secs(1));
            assert_eq!(number.load(Relaxed), 1);
        });
    });
    assert_eq!(failures, 0);
}

#[test]
fn a_loop_that_waits_for_a_relaxed_store_ends() {
    let failures = failures(&|| {
        let (flag, count) = (AtomicBool::new(false), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                count.fetch_add(1, Relaxed);
                flag.store(true, Relaxed);
            });
            scope.spawn(|| while count.compare_exchange(1, 2, Relaxed, Relaxed).is_err() {});
            while !flag.load(Relaxed) || count.load(Relaxed) < 2 {}
        });
        assert_eq!(count.into_inner(), 2);
    });
    assert_eq!(failures, 0);
}

#[test]
fn a_new_atomic_at_an_old_address_has_no_past() {
    let failures = failures(&|| {
        let (flag, ready) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..4 {
                    let number = AtomicU32::new(round);
                    thread::scope(|scope| {
                        scope.spawn(|| number.store(round + 1, Relaxed));
                    });
                    let next = AtomicU32::new(round + 1);
                    assert_eq!(next.load(Relaxed), round + 1);
                    // It is moved to where another one may have been.
                    let moved = Box::new(next);
                    assert_eq!(moved.load(Relaxed), round + 1);
                }
                flag.store(true, Relaxed);
            });
            ready.store(flag.load(Relaxed), Relaxed);
        });
    });
    assert_eq!(failures, 0);
}

#[test]
fn stale_reads_leave_the_schedule_as_it_is() {
    let program = || {
        let (numbers, lock) = ([AtomicU32::new(0), AtomicU32::new(0)], Mutex::new(0));
        thread::scope(|scope| {
            for me in 0..2 {
                let (numbers, lock) = (&numbers, &lock);
                scope.spawn(move || {
                    for _ in 0..3 {
                        numbers[me].fetch_add(1, Relaxed);
                        numbers[1 - me].load(Relaxed);
                        *lock.lock().unwrap() += 1;
                    }
                });
            }
        });
    };
    let shape = |run: Run| (run.steps, run.switches);
    let mut stale = 0;
    for seed in 0..SEEDS {
        let weak = run(seed, &program);
        stale += weak.stale_choices.len();
        let strong = run_with(Strategy::new(seed, Style::Mixed), &program);
        assert!(weak.has_weaker_orders && strong.has_weaker_orders);
        assert_eq!(shape(weak), shape(strong), "seed {seed}");
    }
    assert!(stale > 0);
}

/// A number for each piece of data.
static NUMBERS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

/// Accesses data that is no atomic: says so before, and panics if nothing orders that after an earlier access.
#[track_caller]
fn access(data: u64, is_write: bool) {
    let at = std::panic::Location::caller();
    engine::plain_point(if is_write { "write data" } else { engine::READ_DATA }, data as usize, at);
    assert!(!engine::plain_access(data, is_write, at), "nothing orders this access");
}

/// In how many schedules two threads race that access data as `enter` lets them: a write, and then a write or a read.
fn data_races(writes: bool, enter: impl Fn(&dyn Fn()) + Sync) -> usize {
    failures(&|| {
        let data = NUMBERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        thread::scope(|scope| {
            scope.spawn(|| enter(&|| access(data, true)));
            enter(&|| access(data, writes));
        });
        // A join orders everything.
        access(data, true);
    })
}

#[test]
fn data_behind_a_lock_of_ones_own_is_ordered_by_its_orders() {
    let lock = |take, free| {
        move |f: &dyn Fn()| {
            static HELD: AtomicBool = AtomicBool::new(false);
            while HELD.swap(true, take) {
                thread::sleep(Duration::from_millis(1));
            }
            f();
            HELD.store(false, free);
        }
    };
    for writes in [true, false] {
        assert_eq!(data_races(writes, lock(Acquire, Release)), 0);
        assert_eq!(data_races(writes, lock(AcqRel, SeqCst)), 0);
        // Whatever was read: each schedule with weak orders shows it.
        assert_eq!(data_races(writes, lock(Acquire, Relaxed)), SEEDS as usize);
        assert_eq!(data_races(writes, lock(Relaxed, Release)), SEEDS as usize);
    }
    static LOCK: Mutex<()> = Mutex::new(());
    let locked = |f: &dyn Fn()| {
        let _held = LOCK.lock().unwrap();
        f();
    };
    assert_eq!(data_races(true, locked), 0);
    assert_eq!(data_races(true, |f: &dyn Fn()| f()), SEEDS as usize);
}

#[test]
fn reads_beside_each_other_are_no_data_race() {
    let data = NUMBERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let program = || {
        access(data, false);
        thread::scope(|scope| {
            (0..3).for_each(|_| drop(scope.spawn(|| access(data, false))));
        });
        access(data, true);
    };
    assert_eq!(failures(&program), 0);
}

#[test]
fn a_data_race_names_both_accesses() {
    let program = || {
        let data = NUMBERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        thread::scope(|scope| {
            scope.spawn(|| access(data, true));
            access(data, false);
        });
    };
    let race = run(1, &program).data_race.expect("nothing orders the two");
    let mut halves = [race.earlier, race.later].map(|access| (access.task, access.is_write));
    halves.sort_unstable();
    assert_eq!(halves, [(0, false), (1, true)]);
    assert!(race.links.is_none(), "neither thread has read what the other one wrote");
}
