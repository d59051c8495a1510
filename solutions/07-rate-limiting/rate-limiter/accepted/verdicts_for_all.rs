//! accepted: whoever is awake decides for all in the queue, and each finds its verdict
//! for when the order of the queue has to be seen in one place, such as in a log.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A call that is blocked. Times are nanoseconds after the start of the limiter.
#[derive(Debug)]
struct Waiting {
    ticket: u64,
    since: u128,
    /// It gives up then.
    until: Option<u128>,
}

#[derive(Debug)]
struct State {
    tickets: u64,
    /// When the bucket would be full again.
    full_at: u128,
    queue: VecDeque<Waiting>,
    /// What became of those who are no longer in the queue, and don't know it yet.
    verdicts: HashMap<u64, bool>,
}

/// Gives permits to whoever asks, at a limited rate. Threads share it.
#[derive(Debug)]
pub struct RateLimiter {
    start: Instant,
    period: u128,
    slack: u128,
    state: Mutex<State>,
    changed: Condvar,
}

impl RateLimiter {
    /// A limiter that gives `permits` permits in each `interval`, and saves up to `burst` of them.
    ///
    /// # Panics
    /// If one of the three is zero.
    pub fn new(permits: u32, interval: Duration, burst: u32) -> Self {
        assert!(permits > 0, "a limiter gives at least one permit");
        assert!(!interval.is_zero(), "an interval takes some time");
        assert!(burst > 0, "a burst has at least one permit");
        let period = interval.as_nanos().div_ceil(u128::from(permits));
        let state = State { tickets: 0, full_at: 0, queue: VecDeque::new(), verdicts: HashMap::new() };
        Self {
            start: Instant::now(),
            period,
            slack: period * u128::from(burst - 1),
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    fn now(&self) -> u128 {
        self.start.elapsed().as_nanos()
    }

    /// When the next permit is free for a call that waits since `since`.
    fn free_at(&self, state: &State, since: u128) -> u128 {
        state.full_at.saturating_sub(self.slack).max(since)
    }

    /// The permit is taken at `moment`.
    fn take(&self, state: &mut State, moment: u128) {
        state.full_at = state.full_at.max(moment).saturating_add(self.period);
    }

    /// Serves the queue as far as it can be served by now. Whoever holds the lock may do this.
    fn serve(&self, state: &mut State, now: u128) {
        let before = state.queue.len();
        while let Some(first) = state.queue.front() {
            let (ticket, until) = (first.ticket, first.until);
            let moment = self.free_at(state, first.since);
            let in_time = until.is_none_or(|until| moment <= until);
            if in_time && moment > now {
                break;
            }
            if in_time {
                self.take(state, now);
            }
            state.queue.pop_front();
            state.verdicts.insert(ticket, in_time);
        }
        if state.queue.len() != before {
            self.changed.notify_all();
        }
    }

    /// Queues for a permit. Returns whether it has got it.
    fn queue(&self, mut state: MutexGuard<'_, State>, since: u128, until: Option<u128>) -> bool {
        state.tickets += 1;
        let ticket = state.tickets;
        state.queue.push_back(Waiting { ticket, since, until });
        loop {
            let now = self.now();
            self.serve(&mut state, now);
            if let Some(verdict) = state.verdicts.remove(&ticket) {
                return verdict;
            }
            if until.is_some_and(|until| until <= now) {
                state.queue.retain(|waiting| waiting.ticket != ticket);
                // There may be a new first one now.
                self.serve(&mut state, now);
                self.changed.notify_all();
                return false;
            }
            // The first one keeps the time for all. Everybody keeps the own limit.
            let first = &state.queue[0];
            let served = (first.ticket == ticket).then(|| self.free_at(&state, first.since));
            state = match served.into_iter().chain(until).min() {
                None => self.changed.wait(state).unwrap(),
                Some(wake) => self.changed.wait_timeout(state, duration(wake - now)).unwrap().0,
            };
        }
    }

    /// Waits for a permit, and takes it.
    pub fn acquire(&self) {
        let state = self.state.lock().unwrap();
        let since = self.now();
        self.queue(state, since, None);
    }

    /// Takes a permit if one is free and nobody waits for it. Returns at once.
    pub fn try_acquire(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let now = self.now();
        self.serve(&mut state, now);
        let free = state.queue.is_empty() && self.free_at(&state, now) <= now;
        if free {
            self.take(&mut state, now);
        }
        free
    }

    /// Waits for a permit, but not longer than `timeout`. Returns whether it has taken one.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let state = self.state.lock().unwrap();
        let since = self.now();
        self.queue(state, since, Some(since + timeout.as_nanos()))
    }
}

fn duration(nanos: u128) -> Duration {
    let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
    Duration::new(seconds, (nanos % 1_000_000_000) as u32)
}
