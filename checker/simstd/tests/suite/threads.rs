//! Threads: joins, panics, scopes, names, parking, thread-locals.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use engine::Ending;
use simstd::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use simstd::sync::{Arc, Mutex};
use simstd::{panic, thread};

use crate::{always, count, run, traced};

fn text(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<&str>().copied()
}

#[test]
fn join_gives_what_the_thread_returned() {
    always(&|| assert_eq!(thread::spawn(|| 7).join().unwrap(), 7));
}

#[test]
fn a_panic_comes_back_from_join_and_stops_nobody_else() {
    always(&|| {
        let bad = thread::spawn(|| panic!("bad"));
        let good = thread::spawn(|| 1);
        assert_eq!(text(&*bad.join().unwrap_err()), Some("bad"));
        assert_eq!(good.join().unwrap(), 1);
    });
}

#[test]
fn a_scope_panics_for_a_thread_that_nobody_joined() {
    always(&|| {
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|scope| {
                scope.spawn(|| panic!("bad"));
            });
        }));
        assert_eq!(text(&*outcome.unwrap_err()), Some("a scoped thread panicked"));
    });
}

#[test]
fn a_scope_does_not_panic_for_a_thread_that_was_joined() {
    always(&|| {
        let seen = thread::scope(|scope| scope.spawn(|| panic!("bad")).join().is_err());
        assert!(seen);
    });
}

#[test]
fn a_scope_waits_for_its_threads_when_its_own_closure_panics() {
    always(&|| {
        let ended = AtomicUsize::new(0);
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|scope| {
                scope.spawn(|| {
                    thread::sleep(Duration::from_secs(1));
                    ended.store(1, SeqCst);
                });
                panic!("mine");
            })
        }));
        assert_eq!(text(&*outcome.unwrap_err()), Some("mine"));
        assert_eq!(ended.load(SeqCst), 1);
    });
}

#[test]
fn only_the_thread_that_panics_is_panicking() {
    struct Look(Arc<Mutex<Vec<bool>>>);
    impl Drop for Look {
        fn drop(&mut self) {
            let mut seen = self.0.lock().unwrap();
            seen.push(thread::panicking());
        }
    }
    always(&|| {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let look = Look(Arc::clone(&seen));
        let bad = thread::spawn(move || {
            let _look = look;
            panic!("bad")
        });
        assert!(!thread::panicking());
        drop(bad.join());
        assert_eq!(*seen.lock().unwrap(), [true]);
        assert!(!thread::panicking());
    });
}

#[test]
fn threads_have_the_names_they_were_given() {
    always(&|| {
        assert_eq!(thread::current().name(), Some("main"));
        assert_eq!(thread::spawn(|| thread::current().name().map(str::to_owned)).join().unwrap(), None);
        let named = thread::Builder::new().name("ada".into());
        let name = named.spawn(|| thread::current().name().map(str::to_owned)).unwrap().join().unwrap();
        assert_eq!(name.as_deref(), Some("ada"));
    });
}

#[test]
fn an_unpark_before_the_park_is_not_lost() {
    always(&|| {
        let parked = thread::spawn(thread::park);
        parked.thread().unpark();
        parked.join().unwrap();
    });
}

#[test]
fn a_park_may_end_by_itself() {
    let program = || {
        let parked = thread::spawn(thread::park);
        parked.join().unwrap();
    };
    assert!((1..1_000).contains(&count(&program, |e| matches!(e, Ending::Completed))));
}

#[test]
fn a_panic_in_the_destructor_of_a_thread_local_aborts_as_in_std() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("in the destructor");
        }
    }
    simstd::thread_local!(static BAD: Bad = const { Bad });
    let run = run(1, &|| drop(thread::spawn(|| BAD.with(|_| ())).join()));
    assert!(matches!(run.ending, Ending::Abort(_)), "{:?}", run.ending);
    assert!(run.printed.contains("thread-local"));
}

#[test]
fn thread_locals_are_each_threads_own_and_dropped_at_its_end() {
    thread_local_of_the_simulation!();
    always(&|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&drops);
        thread::spawn(move || {
            KEPT.with(|kept| kept.borrow_mut().push(Counted(theirs)));
            assert_eq!(SEEN.replace(5), 0);
        })
        .join()
        .unwrap();
        assert_eq!(drops.load(SeqCst), 1, "a thread's locals are dropped before join returns");
        assert_eq!(SEEN.get(), 0);
    });
}

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

simstd::thread_local! {
    static SEEN: Cell<u32> = const { Cell::new(0) };
    static KEPT: RefCell<Vec<Counted>> = RefCell::new(Vec::new());
}

/// Says at the place of use which macro declared the two statics above.
macro_rules! thread_local_of_the_simulation {
    () => {
        let _: &simstd::thread::LocalKey<Cell<u32>> = &SEEN;
    };
}
use thread_local_of_the_simulation;

#[test]
fn a_thread_local_can_not_be_used_after_its_destructor() {
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            assert!(LATE.try_with(|_| ()).is_err());
        }
    }
    simstd::thread_local!(static LATE: Late = const { Late });
    always(&|| thread::spawn(|| LATE.with(|_| ())).join().unwrap());
}

#[test]
fn a_thread_left_behind_is_reported() {
    let left = || {
        thread::spawn(|| {
            loop {
                thread::park();
            }
        });
    };
    let run = run(1, &left);
    assert!(matches!(run.ending, Ending::Completed));
    assert_eq!(run.threads.len(), 1);
    assert_eq!(run.threads[0].waiting_for.as_deref(), Some("somebody to unpark it"));
}

#[test]
fn is_finished_becomes_true() {
    let program = || {
        let thread = thread::spawn(|| ());
        while !thread.is_finished() {
            thread::yield_now();
        }
        thread.join().unwrap();
    };
    assert_eq!(count(&program, |e| matches!(e, Ending::Completed)), 1_000);
}

#[test]
fn a_stack_that_cannot_be_had_is_an_error_of_the_spawn() {
    always(&|| {
        for size in [1 << 50, usize::MAX] {
            assert!(thread::Builder::new().stack_size(size).spawn(|| ()).is_err());
            thread::scope(|scope| {
                assert!(thread::Builder::new().stack_size(size).spawn_scoped(scope, || ()).is_err());
            });
        }
        assert_eq!(thread::Builder::new().stack_size(1).spawn(|| 1).unwrap().join().unwrap(), 1);
    });
}

#[test]
fn a_spawn_comes_before_all_that_the_new_thread_does() {
    let program = || {
        let total = Arc::new(Mutex::new(0));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let total = Arc::clone(&total);
                thread::spawn(move || *total.lock().unwrap() += 1)
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    for seed in 0..100 {
        let events = traced(seed, &program).events;
        for new in 1..=2 {
            let first =
                events.iter().position(|event| event.task == new).expect("each thread does something");
            let spawns = events[..first].iter().filter(|event| event.op == "spawn").count();
            assert!(spawns >= new as usize, "seed {seed}: {events:?}");
        }
    }
}

#[test]
fn a_crowd_may_take_more_steps_than_a_few_threads_may() {
    // Ninety threads with 700 steps each take more than the limit of 50,000.
    let program = |threads: usize| {
        move || {
            let steps = |_| {
                let lock = Mutex::new(());
                (0..63_000 / threads).for_each(|_| drop(lock.lock().unwrap()));
            };
            thread::scope(|scope| {
                (0..threads).for_each(|i| drop(scope.spawn(move || steps(i))));
            });
        }
    };
    let ending = |threads| run(1, &program(threads)).ending;
    assert!(matches!(ending(90), Ending::Completed), "{:?}", ending(90));
    assert!(matches!(ending(9), Ending::Endless), "{:?}", ending(9));
}

#[test]
fn threads_that_follow_each_other_are_no_crowd() {
    let program = || {
        loop {
            thread::spawn(|| ()).join().unwrap();
        }
    };
    assert!(matches!(run(1, &program).ending, Ending::Endless));
}
