//! The programs that the charts of time are recorded from. Each line that they print is a mark: panel, row, what, and when in
//! milliseconds.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::rate_limiter::RateLimiter;
use crate::retry::{Failure, Policy, Stop, retry, seeded};

const SECOND: Duration = Duration::from_secs(1);

fn mark(panel: &str, row: usize, what: &str, start: Instant) {
    println!("{panel}\t{row}\t{what}\t{}", start.elapsed().as_millis());
}

/// The counter of lesson 7's `predict.rs`: three in each second of the clock.
struct FixedWindow {
    second: u64,
    requests: u32,
}

impl FixedWindow {
    fn allows(&mut self, time: Duration) -> bool {
        if time.as_secs() != self.second {
            *self = Self { second: time.as_secs(), requests: 0 };
        }
        self.requests += 1;
        self.requests <= 3
    }
}

/// The same requests, of three limiters for three permits in a second.
pub fn permits() {
    let start = Instant::now();
    let mut window = FixedWindow { second: 0, requests: 0 };
    let (bucket, even) = (RateLimiter::new(3, SECOND, 3), RateLimiter::new(3, SECOND, 1));
    thread::sleep(SECOND * 6 / 10);
    for _ in 0..15 {
        let answers = [
            ("fixed window", window.allows(start.elapsed())),
            ("bucket of three", bucket.try_acquire()),
            ("bucket of one", even.try_acquire()),
        ];
        for (panel, allowed) in answers {
            mark(panel, 0, if allowed { "taken" } else { "refused" }, start);
        }
        thread::sleep(SECOND / 10);
    }
}

/// Ten callers of a server that answers one request in 20 ms, first without jitter and then with it.
pub fn herd() {
    // The source that draws the whole wait, each time.
    callers("without jitter", || 1.0);
    callers("with jitter", seeded(8));
}

fn callers(panel: &str, jitter: impl Fn() -> f64 + Sync) {
    let (start, stop) = (Instant::now(), Stop::new());
    let policy = Policy { attempts: 20, base: SECOND / 10, cap: SECOND * 4 / 10, limit: 60 * SECOND };
    let answered = Mutex::new(None::<Instant>);
    let call = |caller: usize| {
        let operation = || {
            let mut answered = answered.lock().unwrap();
            if answered.is_some_and(|last| last.elapsed() < SECOND / 50) {
                mark(panel, caller, "refused", start);
                return Err(Failure::Transient("busy"));
            }
            *answered = Some(Instant::now());
            mark(panel, caller, "taken", start);
            Ok(())
        };
        retry(&policy, &jitter, &stop, |_, _| (), operation).expect("twenty attempts are enough");
    };
    thread::scope(|scope| (0..10).for_each(|caller| drop(scope.spawn(move || call(caller)))));
}
