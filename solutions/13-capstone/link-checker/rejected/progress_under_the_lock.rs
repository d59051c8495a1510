//! breaks: clause 7 · finding: deadlock
//! It calls `progress` while it holds the lock of the stop.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, Sender, at, bounded, never, select, unbounded};

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
///
/// A stop is a channel on which nothing is ever sent. Dropping its sender is the signal: every receiver sees it, now and
/// later, and it can be waited for beside other channels.
#[derive(Debug)]
pub struct Stop {
    sender: Mutex<Option<Sender<()>>>,
    stopped: Receiver<()>,
}

impl Default for Stop {
    fn default() -> Self {
        let (sender, stopped) = bounded(0);
        Self { sender: Mutex::new(Some(sender)), stopped }
    }
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every call of `check_links` that has this stop, now and from now on.
    pub fn stop(&self) {
        drop(self.sender.lock().unwrap().take());
    }

    /// Whether somebody has called `stop`.
    pub fn is_stopped(&self) -> bool {
        self.sender.lock().unwrap().is_none()
    }
}

/// Longer than any program runs, and short enough to be added to a moment.
const FOR_EVER: Duration = Duration::from_hours(24 * 365 * 100);

/// A link that has no verdict yet.
struct Task {
    link: String,
    /// How many attempts have been made or are being made.
    attempts: u32,
    /// The wait after the next attempt that fails.
    wait: Duration,
}

/// What came of an attempt. `Err` is a panic of `fetch`.
type Answer = thread::Result<Result<Vec<String>, Failure>>;

/// The state of one call. All of it belongs to one thread.
struct Check<'a> {
    network: Arc<dyn Network>,
    limits: &'a Limits,
    /// Cloned for each attempt.
    sender: Sender<(u64, Answer)>,
    /// Every link that was found, with the pages that it is on.
    found: HashMap<String, BTreeSet<String>>,
    /// Tasks that run some time, by when they are due. The number keeps tasks of one moment apart.
    due: BTreeMap<(Instant, u64), Task>,
    /// Tasks that run, each with the moment at which it is given up.
    running: BTreeMap<u64, (Instant, Task)>,
    /// Counts tasks and attempts.
    number: u64,
    /// When the next attempt may begin.
    next: Instant,
    good: BTreeSet<String>,
    faults: BTreeMap<String, Fault>,
}

impl Check<'_> {
    /// `link` is on the page `on`. Only a link that is new has to be checked.
    fn find(&mut self, link: String, on: Option<&str>) {
        let is_new = !self.found.contains_key(&link);
        self.found.entry(link.clone()).or_default().extend(on.map(str::to_owned));
        if is_new {
            let task = Task { link, attempts: 0, wait: self.limits.wait };
            self.due_in(Duration::ZERO, task);
        }
    }

    fn due_in(&mut self, wait: Duration, task: Task) {
        self.number += 1;
        self.due.insert((Instant::now() + wait.min(FOR_EVER), self.number), task);
    }

    /// Begins every attempt that may begin now.
    fn begin(&mut self) {
        while self.running.len() < self.limits.at_once {
            let now = Instant::now();
            let Some(entry) = self.due.first_entry() else { break };
            if self.next > now || entry.key().0 > now {
                break;
            }
            let mut task = entry.remove();
            task.attempts += 1;
            self.number += 1;
            // From now, not from when it was possible: a quiet time saves nothing.
            self.next = now + self.limits.gap.min(FOR_EVER);
            let (number, link) = (self.number, task.link.clone());
            let (network, sender) = (Arc::clone(&self.network), self.sender.clone());
            self.running.insert(number, (now + self.limits.timeout.min(FOR_EVER), task));
            thread::spawn(move || {
                let answer = catch_unwind(AssertUnwindSafe(|| network.fetch(&link)));
                // Nobody listens if the check has ended.
                let _ = sender.send((number, answer));
            });
        }
    }

    /// When there is something to do, if nothing else happens before.
    fn next_moment(&self, stopped: bool) -> Option<Instant> {
        let late = self.running.values().map(|(deadline, _)| *deadline).min();
        let room = !stopped && self.running.len() < self.limits.at_once;
        let begin = self.due.keys().next().filter(|_| room).map(|(due, _)| self.next.max(*due));
        late.into_iter().chain(begin).min()
    }

    /// Takes an answer in. Returns whether a link has been checked by it.
    fn settle(&mut self, number: u64, answer: Answer) -> bool {
        // The answer of an attempt that was given up has no effect.
        let Some((_, task)) = self.running.remove(&number) else { return false };
        match answer {
            Ok(Ok(links)) => {
                for link in links {
                    self.find(link, Some(&task.link));
                }
                self.good.insert(task.link);
            }
            Ok(Err(Failure::Transient(error))) => return self.again(task, Fault::Failed(error)),
            Ok(Err(Failure::Permanent(error))) => {
                self.faults.insert(task.link, Fault::Failed(error));
            }
            Err(_) => {
                self.faults.insert(task.link, Fault::Panicked);
            }
        }
        true
    }

    /// Gives up an attempt whose time is over. Returns whether there was one, and whether its link has been checked by that.
    fn give_up(&mut self) -> Option<bool> {
        let now = Instant::now();
        let number =
            self.running.iter().find(|(_, (deadline, _))| *deadline <= now).map(|(number, _)| *number)?;
        let (_, task) = self.running.remove(&number)?;
        Some(self.again(task, Fault::TimedOut))
    }

    /// The task will be tried again, if it may. Returns whether its link has been checked, since it may not.
    fn again(&mut self, mut task: Task, fault: Fault) -> bool {
        let is_last = task.attempts == self.limits.attempts;
        if is_last {
            self.faults.insert(task.link, fault);
        } else {
            let wait = task.wait;
            task.wait = wait.saturating_mul(2);
            self.due_in(wait, task);
        }
        is_last
    }

    fn progress(&self) -> Progress {
        Progress { checked: self.good.len() + self.faults.len(), found: self.found.len() }
    }

    fn report(mut self) -> Report {
        let mut report = Report { good: self.good, ..Report::default() };
        for (link, found_on) in self.found {
            if let Some(fault) = self.faults.remove(&link) {
                report.broken.insert(link, Broken { fault, found_on });
            } else if !report.good.contains(&link) {
                report.unchecked.insert(link);
            }
        }
        report
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
    assert!(limits.at_once > 0, "with no attempt at once there would be no attempt");
    assert!(limits.attempts > 0, "a link needs at least one attempt");
    let (sender, answers) = unbounded();
    let mut check = Check {
        network,
        limits,
        sender,
        found: HashMap::new(),
        due: BTreeMap::new(),
        running: BTreeMap::new(),
        number: 0,
        next: Instant::now(),
        good: BTreeSet::new(),
        faults: BTreeMap::new(),
    };
    check.find(start.to_owned(), None);
    loop {
        let stopped = stop.is_stopped();
        if !stopped {
            check.begin();
        }
        if check.running.is_empty() && (stopped || check.due.is_empty()) {
            return check.report();
        }
        let timer = check.next_moment(stopped).map_or_else(never, at);
        let stop_itself = stop;
        // A stop is looked at once more in the next round. After that, waiting for it would be waiting for nothing.
        let stop = if stopped { &never() } else { &stop.stopped };
        let is_checked = select! {
            recv(answers) -> answer => answer.is_ok_and(|(number, answer)| check.settle(number, answer)),
            recv(stop) -> _ => false,
            // An answer that is here already was in time.
            recv(timer) -> _ => match answers.try_recv() {
                Ok((number, answer)) => check.settle(number, answer),
                Err(_) => check.give_up() == Some(true),
            },
        };
        if is_checked {
            let guard = stop_itself.sender.lock().unwrap();
            progress(check.progress());
            drop(guard);
        }
    }
}
