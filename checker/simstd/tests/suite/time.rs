//! Virtual time.

use std::time::Duration;

use engine::Ending;
use simstd::sync::{Condvar, Mutex, mpsc};
use simstd::thread;
use simstd::time::{Instant, SystemTime};

use crate::{always, count, every, run};

const HOUR: Duration = Duration::from_secs(3600);
/// Less than this is how much later than its time a thread wakes.
const LATE: Duration = Duration::from_millis(1);

/// Whether `time` is `wanted`, or later by what a thread may wake late in one wait.
pub(crate) fn is_about(time: Duration, wanted: Duration) -> bool {
    (wanted..wanted + LATE + Duration::from_micros(1)).contains(&time)
}

#[test]
fn an_hour_passes_when_nothing_else_can_run() {
    always(&|| {
        let start = Instant::now();
        thread::sleep(HOUR);
        assert!(is_about(start.elapsed(), HOUR));
    });
}

#[test]
fn only_readings_move_time_while_a_thread_can_run() {
    always(&|| {
        let lock = Mutex::new(0);
        thread::scope(|scope| {
            let start = Instant::now();
            scope.spawn(|| thread::sleep(HOUR));
            for reading in 1..=20 {
                *lock.lock().unwrap() += 1;
                assert_eq!(start.elapsed(), Duration::from_nanos(reading));
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
        assert!(is_about(start.elapsed(), HOUR));
        let start = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(HOUR / 2);
                *ready.lock().unwrap() = true;
                changed.notify_one();
            });
            assert!(!wait());
        });
        assert!(is_about(start.elapsed(), HOUR / 2));
    });
}

#[test]
fn park_timeout_ends() {
    always(&|| {
        let start = Instant::now();
        // It may end early, as std's documentation says.
        while start.elapsed() < HOUR {
            thread::park_timeout(HOUR.saturating_sub(start.elapsed()));
        }
        assert!(is_about(start.elapsed(), HOUR));
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
        assert!(is_about(start.elapsed().unwrap(), HOUR));
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

const WAIT: Duration = Duration::from_millis(10);

/// Under every strategy, and in every interleaving, where nothing is late.
fn ends(program: fn()) {
    always(&program);
    every(&program);
}

#[test]
fn a_wait_for_what_is_left_of_a_time_ends() {
    ends(|| {
        let (ready, changed) = (Mutex::new(false), Condvar::new());
        let deadline = Instant::now() + WAIT;
        let mut guard = ready.lock().unwrap();
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            guard = changed.wait_timeout(guard, left).unwrap().0;
        }
    });
}

#[test]
fn parking_until_a_deadline_is_over_ends() {
    ends(|| {
        let deadline = Instant::now() + WAIT;
        loop {
            let now = Instant::now();
            if now > deadline {
                break;
            }
            thread::park_timeout(deadline - now);
        }
    });
}

#[test]
fn receiving_until_a_deadline_is_over_ends() {
    ends(|| {
        let (_keep, receiver) = mpsc::channel::<u8>();
        let deadline = Instant::now() + WAIT;
        while Instant::now() <= deadline {
            let _ = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        }
    });
}

#[test]
fn sleeping_until_a_deadline_is_over_ends() {
    ends(|| {
        let deadline = Instant::now() + WAIT;
        while Instant::now() <= deadline {
            thread::sleep(deadline - Instant::now());
        }
    });
}

#[test]
fn a_token_bucket_in_floats_gives_its_tokens() {
    ends(|| {
        const PER_SECOND: f64 = 3.0;
        let (mut tokens, mut last) = (1.0_f64, Instant::now());
        for _ in 0..5 {
            loop {
                let now = Instant::now();
                tokens = (tokens + now.duration_since(last).as_secs_f64() * PER_SECOND).min(1.0);
                last = now;
                if tokens >= 1.0 {
                    break;
                }
                // 0.333333333 s bring 0.999999999 tokens, and the rest rounds to a sleep of 0 ns.
                thread::sleep(Duration::from_secs_f64((1.0 - tokens) / PER_SECOND));
            }
            tokens -= 1.0;
        }
    });
}

#[test]
fn a_rate_is_a_number() {
    ends(|| {
        let start = Instant::now();
        let done = thread::spawn(|| 0_u32).join().unwrap();
        let rate = f64::from(done) / start.elapsed().as_secs_f64();
        let _forecast = Duration::from_secs_f64(10.0 / rate.max(1.0));
        assert!(rate.is_finite(), "{rate} a second");
    });
}

#[test]
fn a_thread_wakes_at_its_time_or_a_little_later() {
    let program = || {
        let start = Instant::now();
        thread::sleep(WAIT);
        let late = start.elapsed() - WAIT;
        assert!(late < LATE, "{late:?}");
        assert!(late > Duration::from_micros(100), "on time");
    };
    let on_time = count(&program, |e| matches!(e, Ending::Panicked));
    assert!((300..900).contains(&on_time), "{on_time} of 1,000");
}

#[test]
fn a_wait_of_no_time_takes_none() {
    always(&|| {
        let (ready, changed) = (Mutex::new(false), Condvar::new());
        let start = Instant::now();
        drop(changed.wait_timeout(ready.lock().unwrap(), Duration::ZERO).unwrap());
        thread::park_timeout(Duration::ZERO);
        thread::sleep(Duration::ZERO);
        assert_eq!(start.elapsed(), Duration::from_nanos(1));
    });
}

/// Two threads that sleep until the same moment are there at once, although one has read the clock to find out how long.
#[test]
fn those_that_wait_for_the_same_moment_meet() {
    let meet = |order: &Mutex<Vec<u8>>| {
        let begin = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep((begin + WAIT).duration_since(Instant::now()));
                order.lock().unwrap().push(1);
            });
            scope.spawn(|| {
                thread::sleep((begin + WAIT).duration_since(Instant::now()));
                order.lock().unwrap().push(2);
            });
        });
    };
    let mut seen = std::collections::BTreeSet::new();
    let orders = std::sync::Mutex::new(&mut seen);
    every(&|| {
        let order = Mutex::new(Vec::new());
        meet(&order);
        orders.lock().unwrap().insert(order.into_inner().unwrap());
    });
    assert_eq!(seen.len(), 2);
}

/// Linux can name any such instant.
#[test]
fn a_time_long_ago_has_a_name() {
    always(&|| {
        const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
        let refreshed = Instant::now() - WEEK;
        assert!(refreshed.elapsed() >= WEEK);
        assert!(Instant::now().checked_sub(Duration::MAX).is_none());
        assert!(Instant::now().checked_add(Duration::MAX).is_none());
        assert!(Instant::now().checked_sub(Duration::from_secs(u64::from(u32::MAX))).is_some());
    });
}
