//! Virtual time.

use std::time::Duration;

use engine::Ending;
use simstd::sync::{Condvar, Mutex};
use simstd::thread;
use simstd::time::{Instant, SystemTime};

use crate::{always, count, run};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn an_hour_passes_when_nothing_else_can_run() {
    always(&|| {
        let start = Instant::now();
        thread::sleep(HOUR);
        assert_eq!(start.elapsed(), HOUR);
    });
}

#[test]
fn time_stands_still_while_a_thread_can_run() {
    always(&|| {
        let lock = Mutex::new(0);
        thread::scope(|scope| {
            let start = Instant::now();
            scope.spawn(|| thread::sleep(HOUR));
            for _ in 0..20 {
                *lock.lock().unwrap() += 1;
                assert_eq!(start.elapsed(), Duration::ZERO);
            }
        });
    });
}

#[test]
fn sleepers_wake_in_the_order_of_their_deadlines() {
    always(&|| {
        let order = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for n in [3, 1, 2] {
                let order = &order;
                scope.spawn(move || {
                    thread::sleep(n * HOUR);
                    order.lock().unwrap().push(n);
                });
            }
        });
        assert_eq!(order.into_inner().unwrap(), [1, 2, 3]);
    });
}

#[test]
fn a_timed_wait_ends_by_itself_or_by_a_notification() {
    always(&|| {
        let (ready, changed) = (Mutex::new(false), Condvar::new());
        let start = Instant::now();
        let wait = || {
            changed.wait_timeout_while(ready.lock().unwrap(), HOUR, |ready| !*ready).unwrap().1.timed_out()
        };
        assert!(wait());
        assert_eq!(start.elapsed(), HOUR);
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(HOUR / 2);
                *ready.lock().unwrap() = true;
                changed.notify_one();
            });
            assert!(!wait());
        });
        assert_eq!(start.elapsed(), HOUR + HOUR / 2);
    });
}

#[test]
fn park_timeout_ends() {
    always(&|| {
        let start = Instant::now();
        // It may end early, as std's documentation says.
        while start.elapsed() < HOUR {
            thread::park_timeout(HOUR - start.elapsed());
        }
        assert_eq!(start.elapsed(), HOUR);
    });
}

/// A message that is read after `wait`, which hopes that it has been written by then.
fn hope(wait: fn()) -> usize {
    let program = || {
        let message = Mutex::new(None);
        thread::scope(|scope| {
            scope.spawn(|| *message.lock().unwrap() = Some(1));
            wait();
            assert!(message.lock().unwrap().is_some(), "not there yet");
        });
    };
    count(&program, |e| matches!(e, Ending::Panicked))
}

#[test]
fn to_sleep_a_little_and_hope_does_not_always_work() {
    assert!(hope(|| thread::sleep(Duration::from_millis(1))) > 0);
}

#[test]
fn to_yield_often_and_hope_does_not_always_work() {
    assert!(hope(|| (0..50).for_each(|_| thread::yield_now())) > 0);
    assert!(hope(|| (0..1_000).for_each(|_| simstd::hint::spin_loop())) > 0);
}

#[test]
fn the_calendar_moves_with_virtual_time() {
    always(&|| {
        let start = SystemTime::now();
        thread::sleep(HOUR);
        assert_eq!(start.elapsed().unwrap(), HOUR);
        assert!(start.duration_since(SystemTime::now()).is_err());
        assert!(start > SystemTime::UNIX_EPOCH);
    });
}

#[test]
fn a_poll_with_sleeps_for_what_never_comes_is_endless() {
    let run = run(1, &|| {
        let done = Mutex::new(false);
        while !*done.lock().unwrap() {
            thread::sleep(HOUR);
        }
    });
    assert!(matches!(run.ending, Ending::Endless));
}
