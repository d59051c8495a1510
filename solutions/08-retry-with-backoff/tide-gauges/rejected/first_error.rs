//! breaks: clause 1 · finding: wrong-answer
//! It keeps the first error. The last one is lost.

use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// How often and how far apart a gauge is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The most attempts, the first one included.
    pub attempts: u32,
    /// The wait after the first attempt. Each further wait is twice the one before.
    pub base: Duration,
    /// No wait is longer than this.
    pub cap: Duration,
}

/// The channels that are free.
struct Radio {
    free: Mutex<usize>,
    changed: Condvar,
}

/// A channel, which is free again when this is dropped.
struct Permit<'a>(&'a Radio);

impl Radio {
    fn new(channels: usize) -> Self {
        Self { free: Mutex::new(channels), changed: Condvar::new() }
    }

    /// Takes a channel. Waits for one.
    fn channel(&self) -> Permit<'_> {
        let mut free = self.changed.wait_while(self.free.lock().unwrap(), |free| *free == 0).unwrap();
        *free -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
        self.0.changed.notify_one();
    }
}

/// Reads a gauge until it answers, or until it has failed too often.
fn read_one<R, E>(radio: &Radio, policy: &Policy, read: impl Fn() -> Result<R, E>) -> Result<R, E> {
    let mut wait = policy.base.min(policy.cap);
    let mut first = None;
    for attempt in 1.. {
        let outcome = {
            let _permit = radio.channel();
            read()
        };
        match outcome {
            Ok(reading) => return Ok(reading),
            Err(error) if first.is_none() => first = Some(Err(error)),
            Err(_) => {}
        }
        if attempt == policy.attempts {
            break;
        }
        thread::sleep(wait);
        wait = wait.saturating_mul(2).min(policy.cap);
    }
    first.expect("there was an attempt")
}

/// Reads every gauge over at most `channels` channels at once. Returns the outcomes in the order of the gauges.
///
/// # Panics
/// If there is no channel or no attempt, and with the payload of a gauge whose reading panicked.
pub fn read_all<R, E>(
    gauges: usize,
    channels: usize,
    policy: Policy,
    read: impl Fn(usize) -> Result<R, E> + Sync,
) -> Vec<Result<R, E>>
where
    R: Send,
    E: Send,
{
    assert!(channels > 0, "the radio needs at least one channel");
    assert!(policy.attempts > 0, "a gauge needs at least one attempt");
    let (radio, read) = (&Radio::new(channels), &read);
    thread::scope(|scope| {
        let start = |gauge| scope.spawn(move || read_one(radio, &policy, || read(gauge)));
        let threads: Vec<_> = (0..gauges).map(start).collect();
        let ended: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        ended.into_iter().map(|outcome| outcome.unwrap_or_else(|payload| resume_unwind(payload))).collect()
    })
}
