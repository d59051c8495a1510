//! breaks: clause 2 · finding: too-late
//! A worker waits for the next attempt of its link, and no other link can have its place meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// The way to the pages. This one is given; `main` and the checks have networks of their own.
pub trait Network: Send + Sync {
    /// Fetches a page, which may take long or for ever. Returns the links on it.
    ///
    /// # Errors
    /// Why there is no page.
    fn fetch(&self, link: &str) -> Result<Vec<String>, Failure>;
}

/// Why a fetch failed. This one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Another attempt may succeed.
    Transient(String),
    /// No attempt can succeed.
    Permanent(String),
}

/// How much a site may be asked for. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most attempts that run at once.
    pub at_once: usize,
    /// The least time between the beginnings of two attempts.
    pub gap: Duration,
    /// An attempt that takes longer than this is given up.
    pub timeout: Duration,
    /// The most attempts for one link, the first one included.
    pub attempts: u32,
    /// The wait after a link's first attempt. Each further wait is twice the one before.
    pub wait: Duration,
}

/// What is wrong with a broken link. This one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The network said so, in these words.
    Failed(String),
    /// There was no answer in time.
    TimedOut,
    /// `fetch` panicked.
    Panicked,
}

/// A broken link. This one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What was wrong with the last attempt.
    pub fault: Fault,
    /// The good pages that it is on.
    pub found_on: BTreeSet<String>,
}

/// What became of every link that was found. This one is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The links that lead to a page.
    pub good: BTreeSet<String>,
    /// The links that don't.
    pub broken: BTreeMap<String, Broken>,
    /// The links of which nothing is known, because of a stop.
    pub unchecked: BTreeSet<String>,
}

/// How far it is. This one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many links are good or broken.
    pub checked: usize,
    /// How many links have been found.
    pub found: usize,
}

/// Ends calls of `check_links`, from any thread and for good.
#[derive(Default)]
pub struct Stop {
    state: Mutex<(bool, Vec<Weak<Crew>>)>,
}

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stop").field(&self.is_stopped()).finish()
    }
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every call of `check_links` that has this stop, now and from now on.
    pub fn stop(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        let crews = std::mem::take(&mut state.1);
        drop(state);
        crews.iter().filter_map(Weak::upgrade).for_each(|crew| crew.tell(|state| state.stopped = true));
    }

    /// Whether somebody has called `stop`.
    pub fn is_stopped(&self) -> bool {
        self.state.lock().unwrap().0
    }

    /// Whatever comes later than this is told to the crew.
    fn watch(&self, crew: &Arc<Crew>) {
        let mut state = self.state.lock().unwrap();
        crew.lock().stopped = state.0;
        state.1.retain(|other| other.strong_count() > 0);
        state.1.push(Arc::downgrade(crew));
    }
}

struct Task {
    link: String,
    attempt: u32,
    due: Instant,
}

#[derive(Default)]
struct State {
    /// Every link, with the pages that it is on.
    found: BTreeMap<String, BTreeSet<String>>,
    waiting: Vec<Task>,
    running: usize,
    /// What came of each link that is checked.
    checked: BTreeMap<String, Option<Fault>>,
    /// The answers that nobody has taken yet, by the number of the attempt.
    answers: BTreeMap<u64, Result<Vec<String>, Fault>>,
    transient: BTreeSet<u64>,
    begun: u64,
    next: Option<Instant>,
    stopped: bool,
    aborted: bool,
}

struct Crew {
    state: Mutex<State>,
    changed: Condvar,
    network: Arc<dyn Network>,
    limits: Limits,
}

/// A moment that is so far away that no program lives to see it is no moment.
fn later(now: Instant, time: Duration) -> Instant {
    now + time.min(Duration::from_hours(1_000_000))
}

impl Crew {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn tell(&self, what: impl FnOnce(&mut State)) {
        what(&mut self.lock());
        self.changed.notify_all();
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, until: Instant) -> MutexGuard<'a, State> {
        let time = until.saturating_duration_since(Instant::now());
        self.changed.wait_timeout(state, time).unwrap().0
    }

    fn work(self: &Arc<Self>, progress: &Sender<Progress>) {
        let mut state = self.lock();
        loop {
            if state.stopped || state.aborted || (state.running == 0 && state.waiting.is_empty()) {
                return;
            }
            let now = Instant::now();
            let first = (0..state.waiting.len()).min_by_key(|i| state.waiting[*i].due);
            let Some(first) = first else {
                state = self.changed.wait(state).unwrap();
                continue;
            };
            let moment =
                state.next.map_or(state.waiting[first].due, |next| next.max(state.waiting[first].due));
            if moment > now {
                state = self.wait(state, moment);
                continue;
            }
            let mut task = state.waiting.swap_remove(first);
            state.next = Some(later(now, self.limits.gap));
            state.running += 1;
            state.begun += 1;
            let number = state.begun;
            drop(state);
            state = self.attempt(number, &task.link, later(now, self.limits.timeout));
            let mut outcome = state.answers.remove(&number).unwrap_or(Err(Fault::TimedOut));
            let mut again = state.transient.remove(&number) || outcome == Err(Fault::TimedOut);
            let mut wait = self.limits.wait;
            while again && task.attempt < self.limits.attempts && !state.stopped && !state.aborted {
                let due = later(Instant::now(), wait);
                wait = wait.saturating_mul(2);
                let mut moment = state.next.map_or(due, |next| next.max(due));
                while Instant::now() < moment && !state.stopped && !state.aborted {
                    state = self.wait(state, moment);
                    moment = state.next.map_or(due, |next| next.max(due));
                }
                if state.stopped || state.aborted {
                    break;
                }
                let now = Instant::now();
                state.next = Some(later(now, self.limits.gap));
                task.attempt += 1;
                state.begun += 1;
                let number = state.begun;
                drop(state);
                state = self.attempt(number, &task.link, later(now, self.limits.timeout));
                outcome = state.answers.remove(&number).unwrap_or(Err(Fault::TimedOut));
                again = state.transient.remove(&number) || outcome == Err(Fault::TimedOut);
            }
            if state.aborted {
                return;
            }
            state.running -= 1;
            self.settle(&mut state, task, outcome, again, progress);
            self.changed.notify_all();
        }
    }

    /// Fetches on another thread, and waits for that until the deadline.
    fn attempt(self: &Arc<Self>, number: u64, link: &str, deadline: Instant) -> MutexGuard<'_, State> {
        let (crew, link) = (Arc::clone(self), link.to_owned());
        thread::spawn(move || {
            let answer = catch_unwind(AssertUnwindSafe(|| crew.network.fetch(&link)));
            crew.tell(|state| {
                let answer = match answer {
                    Ok(Ok(links)) => Ok(links),
                    Ok(Err(Failure::Transient(error))) => {
                        state.transient.insert(number);
                        Err(Fault::Failed(error))
                    }
                    Ok(Err(Failure::Permanent(error))) => Err(Fault::Failed(error)),
                    Err(_) => Err(Fault::Panicked),
                };
                state.answers.insert(number, answer);
            });
        });
        let mut state = self.lock();
        while !state.aborted && !state.answers.contains_key(&number) && Instant::now() < deadline {
            state = self.wait(state, deadline);
        }
        state
    }

    fn settle(
        &self,
        state: &mut State,
        task: Task,
        outcome: Result<Vec<String>, Fault>,
        again: bool,
        progress: &Sender<Progress>,
    ) {
        let now = Instant::now();
        if again && task.attempt < self.limits.attempts {
            let wait = (1..task.attempt).fold(self.limits.wait, |wait, _| wait.saturating_mul(2));
            let due = later(now, wait);
            state.waiting.push(Task { attempt: task.attempt + 1, due, ..task });
            return;
        }
        let fault = match outcome {
            Ok(links) => {
                for link in links {
                    if !state.found.contains_key(&link) {
                        state.waiting.push(Task { link: link.clone(), attempt: 1, due: now });
                    }
                    state.found.entry(link).or_default().insert(task.link.clone());
                }
                None
            }
            Err(fault) => Some(fault),
        };
        state.checked.insert(task.link, fault);
        // Under the lock, so that the numbers come in their order.
        let _ = progress.send(Progress { checked: state.checked.len(), found: state.found.len() });
    }
}

/// Sends the crew away if `progress` panics.
struct Watch<'a>(&'a Crew);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.tell(|state| state.aborted = true);
        }
    }
}

/// Checks `start` and every link that it leads to, and tells `progress` about each one.
///
/// # Panics
/// If `at_once` or `attempts` is 0, and if `progress` panics.
pub fn check_links(
    network: Arc<dyn Network>,
    start: &str,
    limits: &Limits,
    stop: &Stop,
    mut progress: impl FnMut(Progress),
) -> Report {
    assert!(limits.at_once > 0 && limits.attempts > 0, "nothing can be checked without an attempt");
    let (state, changed) = (Mutex::<State>::default(), Condvar::new());
    let crew = Arc::new(Crew { state, changed, network, limits: *limits });
    crew.tell(|state| {
        state.found.insert(start.to_owned(), BTreeSet::new());
        state.waiting.push(Task { link: start.to_owned(), attempt: 1, due: Instant::now() });
    });
    stop.watch(&crew);
    let (sender, told) = channel();
    let workers: Vec<_> = (0..limits.at_once)
        .map(|_| {
            let (crew, sender) = (Arc::clone(&crew), sender.clone());
            thread::spawn(move || crew.work(&sender))
        })
        .collect();
    drop(sender);
    let watch = Watch(&crew);
    told.into_iter().for_each(&mut progress);
    drop(watch);
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    let mut state = crew.lock();
    let mut report = Report::default();
    for (link, found_on) in std::mem::take(&mut state.found) {
        match state.checked.remove(&link) {
            Some(None) => drop(report.good.insert(link)),
            Some(Some(fault)) => drop(report.broken.insert(link, Broken { fault, found_on })),
            None => drop(report.unchecked.insert(link)),
        }
    }
    report
}
