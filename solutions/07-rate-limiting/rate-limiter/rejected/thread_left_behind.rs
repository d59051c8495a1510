//! breaks: clause 8 · finding: leaked-thread
//! The thread that serves has a sender of its own requests, and never ends.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The longest wait that is accepted, and the way back for the answer.
type Request = (Duration, Sender<Option<Duration>>);

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

fn serve(requests: Receiver<Request>, period: Duration, fill: Duration, mut full: Instant) {
    for (limit, reply) in requests {
        let now = Instant::now();
        let full_then = full.max(now) + period;
        let wait = (full_then - now).saturating_sub(fill);
        let in_time = wait <= limit;
        if in_time {
            full = full_then;
        }
        let _ = reply.send(in_time.then_some(wait));
    }
}

impl RateLimiter {
    /// A limiter that gives `permits` permits in each `interval`, and saves up to `burst` of them.
    ///
    /// # Panics
    /// If one of the three is zero.
    pub fn new(permits: u32, interval: Duration, burst: u32) -> Self {
        assert!(permits > 0, "without permits, every call would wait for ever");
        assert!(!interval.is_zero(), "the permits of no time at all have no rate");
        assert!(burst > 0, "a bucket that holds no permit can't give one");
        let (requests, inbox) = mpsc::channel();
        let own: Sender<Request> = Sender::clone(&requests);
        let (period, full) = (interval / permits, Instant::now());
        let thread = thread::spawn(move || {
            let _own = own;
            serve(inbox, period, period * burst, full);
        });
        Self { requests: Some(requests), thread: Some(thread) }
    }

    /// Waits for a permit, and takes it.
    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    /// Takes a permit if one is free and nobody waits for it. Returns at once.
    pub fn try_acquire(&self) -> bool {
        self.acquire_timeout(Duration::ZERO)
    }

    /// Waits for a permit, but not longer than `timeout`. Returns whether it has taken one.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let (reply, answer) = mpsc::channel();
        self.requests.as_ref().unwrap().send((timeout, reply)).unwrap();
        let Some(wait) = answer.recv().unwrap() else { return false };
        thread::sleep(wait);
        true
    }
}

impl Drop for RateLimiter {
    fn drop(&mut self) {
        self.requests = None;
        self.thread = None;
    }
}
