//! accepted: the caller parks, and is unparked
//! for when what arrives is looked at all together: a letter box under a lock, and a thread that sleeps beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
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
#[derive(Debug, Default)]
pub struct Stop {
    stopped: AtomicBool,
    sleepers: Mutex<Vec<Thread>>,
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every call of `check_links` that has this stop, now and from now on.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.sleepers.lock().unwrap().iter().for_each(Thread::unpark);
    }

    /// Whether somebody has called `stop`.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

/// A sleeper whom the stop wakes, as long as this lives.
struct Bed<'a>(&'a Stop);

impl<'a> Bed<'a> {
    fn in_reach_of(stop: &'a Stop) -> Self {
        stop.sleepers.lock().unwrap().push(thread::current());
        Self(stop)
    }
}

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        let mut sleepers = self.0.sleepers.lock().unwrap();
        let mine = sleepers.iter().position(|it| it.id() == thread::current().id());
        sleepers.swap_remove(mine.unwrap());
    }
}

type Answer = Option<Result<Vec<String>, Failure>>;

enum Stage {
    Waiting(Instant),
    Running(u64, Instant),
    Good,
    Broken(Fault),
}

struct Link {
    stage: Stage,
    attempts: u32,
    on: BTreeSet<String>,
}

fn fresh() -> Link {
    Link { stage: Stage::Waiting(Instant::now()), attempts: 0, on: BTreeSet::new() }
}

fn far(time: Duration) -> Duration {
    time.min(Duration::from_hours(500_000))
}

/// The moments at which a link wants to be looked at: to begin, and to be given up.
fn moments(links: &BTreeMap<String, Link>) -> (Vec<(Instant, String)>, Vec<(Instant, String)>) {
    let (mut waiting, mut running) = (Vec::new(), Vec::new());
    for (name, link) in links {
        match link.stage {
            Stage::Waiting(due) => waiting.push((due, name.clone())),
            Stage::Running(_, deadline) => running.push((deadline, name.clone())),
            Stage::Good | Stage::Broken(_) => {}
        }
    }
    waiting.sort();
    running.sort();
    (waiting, running)
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
    assert!(limits.at_once >= 1 && limits.attempts >= 1);
    let _bed = Bed::in_reach_of(stop);
    let letters: Arc<Mutex<Vec<(u64, String, Answer)>>> = Arc::default();
    let mut links = BTreeMap::from([(start.to_owned(), fresh())]);
    let (mut number, mut checked, mut next) = (0, 0, Instant::now());
    loop {
        // Answers first: what has arrived is not late.
        let mut ended: Vec<(String, Answer, bool)> = Vec::new();
        for (of, name, answer) in std::mem::take(&mut *letters.lock().unwrap()) {
            if matches!(links[&name].stage, Stage::Running(number, _) if number == of) {
                ended.push((name, answer, false));
            }
        }
        if ended.is_empty() {
            let now = Instant::now();
            let (_, running) = moments(&links);
            ended.extend(running.into_iter().filter(|it| it.0 <= now).map(|(_, name)| (name, None, true)));
        }
        for (name, answer, late) in ended {
            let (fault, again) = match answer {
                Some(Ok(on_it)) => {
                    for other in on_it {
                        links.entry(other).or_insert_with(fresh).on.insert(name.clone());
                    }
                    (None, false)
                }
                Some(Err(Failure::Transient(error))) => (Some(Fault::Failed(error)), true),
                Some(Err(Failure::Permanent(error))) => (Some(Fault::Failed(error)), false),
                None if late => (Some(Fault::TimedOut), true),
                None => (Some(Fault::Panicked), false),
            };
            let link = links.get_mut(&name).unwrap();
            if again && link.attempts < limits.attempts {
                let mut wait = limits.wait;
                (1..link.attempts).for_each(|_| wait = wait.saturating_mul(2));
                link.stage = Stage::Waiting(Instant::now() + far(wait));
            } else {
                link.stage = fault.map_or(Stage::Good, Stage::Broken);
                checked += 1;
                progress(Progress { checked, found: links.len() });
            }
        }
        let (waiting, running) = moments(&links);
        let stopped = stop.is_stopped();
        if running.is_empty() && (stopped || waiting.is_empty()) {
            break;
        }
        let now = Instant::now();
        let room = !stopped && running.len() < limits.at_once;
        let begin = waiting.first().filter(|_| room).map(|(due, name)| (next.max(*due), name.clone()));
        if let Some((at, name)) = &begin
            && *at <= now
        {
            next = now + far(limits.gap);
            number += 1;
            let link = links.get_mut(name).unwrap();
            link.attempts += 1;
            link.stage = Stage::Running(number, now + far(limits.timeout));
            let (network, name, letters, of) =
                (Arc::clone(&network), name.clone(), Arc::clone(&letters), number);
            let caller = thread::current();
            thread::spawn(move || {
                let answer = catch_unwind(AssertUnwindSafe(|| network.fetch(&name))).ok();
                letters.lock().unwrap().push((of, name, answer));
                caller.unpark();
            });
            continue;
        }
        let wake = running.iter().map(|it| it.0).chain(begin.map(|it| it.0)).min();
        match wake {
            Some(wake) => thread::park_timeout(wake.saturating_duration_since(now)),
            None => thread::park(),
        }
    }
    let mut report = Report::default();
    for (name, Link { stage, on, .. }) in links {
        match stage {
            Stage::Good => drop(report.good.insert(name)),
            Stage::Broken(fault) => drop(report.broken.insert(name, Broken { fault, found_on: on })),
            Stage::Waiting(_) | Stage::Running(..) => drop(report.unchecked.insert(name)),
        }
    }
    report
}
