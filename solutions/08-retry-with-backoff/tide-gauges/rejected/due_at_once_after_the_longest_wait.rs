//! breaks: clause 2 · finding: too-early
//! A wait that no `Instant` can end becomes a gauge that is due at once.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

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

type Ended<R, E> = Result<Result<R, E>, Box<dyn Any + Send>>;

/// An attempt that is due at a time, or now.
struct Due {
    at: Option<Instant>,
    gauge: usize,
    number: u32,
    next_wait: Duration,
}

struct Calendar<R, E> {
    due: Vec<Due>,
    ended: Vec<Option<Ended<R, E>>>,
    left: usize,
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
    let first = |gauge| Due { at: None, gauge, number: 1, next_wait: policy.base.min(policy.cap) };
    let calendar = Mutex::new(Calendar {
        due: (0..gauges).map(first).collect(),
        ended: (0..gauges).map(|_| None).collect(),
        left: gauges,
    });
    let changed = Condvar::new();
    let work = || {
        let mut locked = calendar.lock().unwrap();
        while locked.left > 0 {
            let now = Instant::now();
            let is_due = |due: &Due| due.at.is_none_or(|at| at <= now);
            let Some(place) = locked.due.iter().position(is_due) else {
                let next = locked.due.iter().filter_map(|due| due.at).min();
                locked = match next {
                    Some(at) => changed.wait_timeout(locked, at - now).unwrap().0,
                    None => changed.wait(locked).unwrap(),
                };
                continue;
            };
            let due = locked.due.remove(place);
            drop(locked);
            let outcome = catch_unwind(AssertUnwindSafe(|| read(due.gauge)));
            let again = matches!(outcome, Ok(Err(_))) && due.number < policy.attempts;
            // It counts from here, whatever the lock costs.
            let over = Instant::now();
            locked = calendar.lock().unwrap();
            if again {
                locked.due.push(Due {
                    at: over.checked_add(due.next_wait),
                    number: due.number + 1,
                    next_wait: due.next_wait.saturating_mul(2).min(policy.cap),
                    ..due
                });
            } else {
                locked.ended[due.gauge] = Some(outcome);
                locked.left -= 1;
            }
            changed.notify_all();
        }
    };
    thread::scope(|scope| (0..channels.min(gauges)).for_each(|_| drop(scope.spawn(work))));
    let ended = calendar.into_inner().unwrap().ended.into_iter();
    let ended: Vec<_> = ended.map(|outcome| outcome.expect("no gauge is left")).collect();
    ended.into_iter().map(|outcome| outcome.unwrap_or_else(|payload| resume_unwind(payload))).collect()
}
