//! accepted: an attempt starts the next one on a new thread of the same scope, when its wait is over
//! for when an attempt needs a fresh thread.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex};
use std::thread::{self, Scope};
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

type Ended<R, E> = Result<Result<R, E>, Box<dyn Any + Send>>;

/// What all attempts of a call share.
struct Call<'a, R, E, F> {
    radio: Radio,
    policy: Policy,
    read: &'a F,
    ended: Mutex<Vec<Option<Ended<R, E>>>>,
}

fn start<'scope, R: Send, E: Send, F: Fn(usize) -> Result<R, E> + Sync>(
    scope: &'scope Scope<'scope, '_>,
    call: &'scope Call<'_, R, E, F>,
    gauge: usize,
    left: u32,
    wait: Duration,
) {
    scope.spawn(move || {
        let permit = call.radio.channel();
        let outcome = catch_unwind(AssertUnwindSafe(|| (call.read)(gauge)));
        drop(permit);
        if left > 1 && matches!(outcome, Ok(Err(_))) {
            drop(outcome);
            thread::sleep(wait);
            start(scope, call, gauge, left - 1, wait.saturating_mul(2).min(call.policy.cap));
        } else {
            call.ended.lock().unwrap()[gauge] = Some(outcome);
        }
    });
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
    let ended = Mutex::new((0..gauges).map(|_| None).collect());
    let call = Call { radio: Radio::new(channels), policy, read: &read, ended };
    let wait = policy.base.min(policy.cap);
    thread::scope(|scope| (0..gauges).for_each(|gauge| start(scope, &call, gauge, policy.attempts, wait)));
    let ended: Vec<_> = call.ended.into_inner().unwrap();
    let outcome = |ended: Option<Ended<R, E>>| match ended.expect("every gauge has an outcome") {
        Ok(outcome) => outcome,
        Err(payload) => resume_unwind(payload),
    };
    ended.into_iter().map(outcome).collect()
}
