//! Locks: exclusion, poisoning, Condvars, barriers, one-time initialisation.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use engine::Ending;
use simstd::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use simstd::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, TryLockError};
use simstd::thread;

use crate::{always, count, run, traced};

#[test]
fn a_panic_under_a_lock_poisons_it() {
    always(&|| {
        let lock = Arc::new(Mutex::new(1));
        let theirs = Arc::clone(&lock);
        let outcome = thread::spawn(move || {
            let _guard = theirs.lock().unwrap();
            panic!("under the lock");
        })
        .join();
        assert!(outcome.is_err() && lock.is_poisoned());
        assert!(matches!(lock.try_lock(), Err(TryLockError::Poisoned(_))));
        assert_eq!(*lock.lock().unwrap_err().into_inner(), 1);
        lock.clear_poison();
        assert_eq!(*lock.lock().unwrap(), 1);
    });
}

#[test]
fn a_thread_that_waits_for_a_lock_gets_it_poisoned() {
    always(&|| {
        let lock = Arc::new(RwLock::new(()));
        let theirs = Arc::clone(&lock);
        let bad = thread::spawn(move || {
            let _guard = theirs.write().unwrap();
            thread::sleep(Duration::from_secs(1));
            panic!("under the lock");
        });
        thread::sleep(Duration::from_millis(500));
        assert!(lock.read().is_err());
        assert!(bad.join().is_err());
    });
}

#[test]
fn readers_share_and_a_writer_does_not() {
    always(&|| {
        let lock = RwLock::new(0);
        let (a, b) = (lock.read().unwrap(), lock.try_read().unwrap());
        assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock)));
        drop((a, b));
        let writer = lock.write().unwrap();
        assert!(matches!(lock.try_read(), Err(TryLockError::WouldBlock)));
        drop(writer);
    });
}

#[test]
fn to_read_twice_with_a_writer_about_deadlocks_in_some_schedules() {
    let program = || {
        let lock = RwLock::new(());
        thread::scope(|scope| {
            scope.spawn(|| {
                let _first = lock.read().unwrap();
                let _second = lock.read().unwrap();
            });
            scope.spawn(|| drop(lock.write().unwrap()));
        });
    };
    let deadlocks = count(&program, |e| matches!(e, Ending::Deadlock));
    assert!((1..1_000).contains(&deadlocks), "{deadlocks} deadlocks");
}

#[test]
fn a_weak_exchange_may_fail_without_cause() {
    let program = || {
        let n = AtomicUsize::new(0);
        assert!(n.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_ok(), "failed without cause");
    };
    assert!((1..1_000).contains(&count(&program, |e| matches!(e, Ending::Panicked))));
}

#[test]
fn locks_in_opposite_orders_deadlock_in_some_schedules_only() {
    let program = || {
        let (a, b) = (Mutex::new(()), Mutex::new(()));
        thread::scope(|scope| {
            scope.spawn(|| drop((a.lock().unwrap(), b.lock().unwrap())));
            scope.spawn(|| drop((b.lock().unwrap(), a.lock().unwrap())));
        });
    };
    let deadlocks = count(&program, |e| matches!(e, Ending::Deadlock));
    assert!((1..1_000).contains(&deadlocks), "{deadlocks} deadlocks");
}

#[test]
fn locking_twice_names_the_holder() {
    let run = run(1, &|| {
        let lock = Mutex::new(());
        let _first = lock.lock().unwrap();
        drop(lock.lock());
    });
    assert!(matches!(run.ending, Ending::Deadlock));
    assert_eq!(run.threads[0].waiting_for.as_deref(), Some("a Mutex that it holds itself"));
}

#[test]
fn a_wait_without_a_loop_is_found_out() {
    let program = || {
        let (ready, changed) = (Mutex::new(false), Condvar::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut ready = ready.lock().unwrap();
                if !*ready {
                    ready = changed.wait(ready).unwrap();
                }
                assert!(*ready, "woken before it was ready");
            });
            *ready.lock().unwrap() = true;
            changed.notify_one();
        });
    };
    assert!(count(&program, |e| matches!(e, Ending::Panicked)) > 0);
}

#[test]
fn a_wait_in_a_loop_is_right() {
    always(&|| {
        let (ready, changed) = (Mutex::new(false), Condvar::new());
        thread::scope(|scope| {
            scope.spawn(|| drop(changed.wait_while(ready.lock().unwrap(), |ready| !*ready).unwrap()));
            *ready.lock().unwrap() = true;
            changed.notify_one();
        });
    });
}

#[test]
fn a_barrier_lets_all_go_at_once_with_one_leader() {
    always(&|| {
        let (barrier, arrived, leaders) = (Barrier::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    arrived.fetch_add(1, SeqCst);
                    let result = barrier.wait();
                    assert_eq!(arrived.load(SeqCst), 3);
                    leaders.fetch_add(usize::from(result.is_leader()), SeqCst);
                });
            }
        });
        assert_eq!(leaders.load(SeqCst), 1);
    });
}

#[test]
fn a_trace_has_what_is_under_a_lock() {
    let run = traced(1, &|| {
        let (count, queue, text) = (Mutex::new(0), Mutex::new(VecDeque::new()), RwLock::new(String::new()));
        *count.lock().unwrap() += 1;
        drop(count.lock().unwrap());
        queue.lock().unwrap().push_back([0_u8; 3]);
        text.write().unwrap().push('a');
        drop(text.read().unwrap());
    });
    let told = run.events.iter().map(|event| (event.op, event.outcome.as_deref().unwrap_or_default()));
    let count = [("lock", "0"), ("unlock", "1"), ("lock", "1"), ("unlock", "")];
    let queue = [("lock", "len 0"), ("unlock", "len 1")];
    let text = [("write", r#""""#), ("unlock", r#""a""#), ("read", r#""a""#), ("unlock", "")];
    assert_eq!(told.collect::<Vec<_>>(), [&count[..], &queue, &text].concat());
}

#[test]
fn of_those_at_a_barrier_it_is_told_how_many_are_missing() {
    for seed in 0..20 {
        let run = run(seed, &|| {
            let barrier = Barrier::new(3);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| barrier.wait().is_leader());
                }
            });
        });
        let waits = run.threads.iter().filter(|thread| thread.name != "main");
        let waits: Vec<_> = waits.map(|thread| thread.waiting_for.as_deref()).collect();
        assert_eq!(waits, [Some("1 more thread at a Barrier"); 2], "seed {seed}");
    }
}

#[test]
fn one_of_many_initialises_and_all_see_its_value() {
    always(&|| {
        let (cell, runs) = (OnceLock::new(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for n in 0..3 {
                let (cell, runs) = (&cell, &runs);
                scope.spawn(move || {
                    let value = *cell.get_or_init(|| {
                        runs.fetch_add(1, SeqCst);
                        thread::yield_now();
                        n
                    });
                    assert_eq!(Some(&value), cell.get());
                });
            }
        });
        assert_eq!(runs.load(SeqCst), 1);
    });
}

#[test]
fn a_panicking_once_is_poisoned_and_a_once_lock_is_not() {
    always(&|| {
        let (once, cell) = (Arc::new(Once::new()), Arc::new(OnceLock::new()));
        let (o, c) = (Arc::clone(&once), Arc::clone(&cell));
        assert!(thread::spawn(move || o.call_once(|| panic!("bad"))).join().is_err());
        assert!(thread::spawn(move || *c.get_or_init(|| -> u32 { panic!("bad") })).join().is_err());
        let mut was_poisoned = false;
        once.call_once_force(|state| was_poisoned = state.is_poisoned());
        assert!(was_poisoned && once.is_completed());
        assert_eq!(*cell.get_or_init(|| 3), 3);
    });
}

#[test]
fn a_lazy_lock_runs_once() {
    always(&|| {
        let runs = AtomicUsize::new(0);
        let lazy = LazyLock::new(|| runs.fetch_add(1, SeqCst) + 10);
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(*lazy, 10));
            scope.spawn(|| assert_eq!(*lazy, 10));
        });
        assert_eq!(runs.load(SeqCst), 1);
    });
}

#[test]
fn a_lazy_lock_whose_initialisation_panics_is_poisoned_for_those_that_wait_for_it_too() {
    always(&|| {
        let made_of = Arc::new(());
        let (theirs, runs) = (Arc::clone(&made_of), AtomicUsize::new(0));
        let lazy = LazyLock::new(|| -> Arc<()> {
            let _used_up = theirs;
            runs.fetch_add(1, SeqCst);
            thread::yield_now();
            panic!("bad")
        });
        let force = || simstd::panic::catch_unwind(AssertUnwindSafe(|| LazyLock::force(&lazy).clone()));
        thread::scope(|scope| {
            let others = [scope.spawn(force), scope.spawn(force)];
            others.into_iter().for_each(|other| assert!(other.join().unwrap().is_err()));
        });
        assert_eq!(runs.load(SeqCst), 1);
        assert!(LazyLock::get(&lazy).is_none());
        drop(lazy);
        assert_eq!(Arc::strong_count(&made_of), 1, "what it would have been made of was dropped once");
    });
}

#[test]
fn an_owned_lazy_lock_can_be_changed() {
    always(&|| {
        let mut lazy = LazyLock::new(|| vec![1]);
        assert!(LazyLock::get_mut(&mut lazy).is_none());
        lazy.push(2);
        assert_eq!(LazyLock::get(&lazy), Some(&vec![1, 2]));
        LazyLock::force_mut(&mut lazy).push(3);
        assert_eq!(*lazy, [1, 2, 3]);
    });
}

#[test]
fn a_lock_prints_as_std_s_does() {
    // Which std it is decides whether `<locked>` is in quotes.
    let format = |lock: &dyn Debug, guard: &dyn Debug| format!("{lock:?} {guard:?}").replace('"', "");
    always(&|| {
        let (ours, real) = (Mutex::new(1), std::sync::Mutex::new(1));
        assert_eq!(format!("{ours:?}"), format!("{real:?}"));
        let held = (ours.lock().unwrap(), real.lock().unwrap());
        assert_eq!(format(&ours, &held.0), format(&real, &held.1));
        let (ours, real) = (RwLock::new(1), std::sync::RwLock::new(1));
        let held = (ours.write().unwrap(), real.write().unwrap());
        assert_eq!(format(&ours, &held.0), format(&real, &held.1));
    });
}
