//! breaks: clause 3 · finding: too-early
//! The attempt after one that was given up does not wait for the gap.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
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

enum Event {
    Ended(u64, Result<Vec<String>, Fail>),
    Stop,
}

enum Fail {
    Said(Failure),
    Panicked,
}

#[derive(Debug, Default)]
struct Listeners {
    stopped: bool,
    next: u64,
    wake: Vec<(u64, Sender<Event>)>,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Event")
    }
}

#[derive(Debug, Default)]
pub struct Stop {
    inner: Mutex<Listeners>,
}

impl Stop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn stop(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.stopped = true;
        for (_, wake) in &inner.wake {
            let _ = wake.send(Event::Stop);
        }
    }

    pub fn is_stopped(&self) -> bool {
        self.inner.lock().unwrap().stopped
    }

    fn listen(&self, wake: Sender<Event>) -> Listening<'_> {
        let mut inner = self.inner.lock().unwrap();
        let id = inner.next;
        inner.next += 1;
        inner.wake.push((id, wake));
        Listening { stop: self, id }
    }
}

struct Listening<'a> {
    stop: &'a Stop,
    id: u64,
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.stop.inner.lock().unwrap().wake.retain(|(id, _)| *id != self.id);
    }
}

struct Running {
    link: String,
    attempt: u32,
    until: Option<Instant>,
    thread: JoinHandle<()>,
}

/// When a link is due; `None` is never.
struct Due {
    link: String,
    attempt: u32,
    at: Option<Instant>,
}

enum State {
    Open,
    Good,
    Broken(Fault),
}

fn wait_after(wait: Duration, attempt: u32) -> Duration {
    let mut wait = wait;
    for _ in 1..attempt {
        if wait.is_zero() || wait == Duration::MAX {
            break;
        }
        wait = wait.saturating_mul(2);
    }
    wait
}

struct Check<'a, P> {
    limits: &'a Limits,
    progress: P,
    due: Vec<Due>,
    running: HashMap<u64, Running>,
    states: BTreeMap<String, State>,
    found_on: BTreeMap<String, BTreeSet<String>>,
    checked: usize,
    gave_up: bool,
}

impl<P: FnMut(Progress)> Check<'_, P> {
    fn find(&mut self, link: &str) {
        if self.states.contains_key(link) {
            return;
        }
        self.states.insert(link.to_string(), State::Open);
        self.due.push(Due { link: link.to_string(), attempt: 1, at: Some(Instant::now()) });
    }

    fn settle(&mut self, link: String, state: State) {
        self.states.insert(link, state);
        self.checked += 1;
        (self.progress)(Progress { checked: self.checked, found: self.states.len() });
    }

    fn failed(&mut self, link: String, attempt: u32, fault: Fault) {
        if attempt >= self.limits.attempts {
            return self.settle(link, State::Broken(fault));
        }
        let at = Instant::now().checked_add(wait_after(self.limits.wait, attempt));
        self.due.push(Due { link, attempt: attempt + 1, at });
    }

    fn ended(&mut self, id: u64, result: Result<Vec<String>, Fail>) {
        let Some(Running { link, attempt, thread, .. }) = self.running.remove(&id) else { return };
        let _ = thread.join();
        match result {
            Ok(links) => {
                for found in links {
                    self.found_on.entry(found.clone()).or_default().insert(link.clone());
                    self.find(&found);
                }
                self.settle(link, State::Good);
            }
            Err(Fail::Said(Failure::Transient(text))) => self.failed(link, attempt, Fault::Failed(text)),
            Err(Fail::Said(Failure::Permanent(text))) => {
                self.settle(link, State::Broken(Fault::Failed(text)))
            }
            Err(Fail::Panicked) => self.settle(link, State::Broken(Fault::Panicked)),
        }
    }

    fn give_up(&mut self) {
        let now = Instant::now();
        let over: Vec<u64> = self
            .running
            .iter()
            .filter(|(_, r)| r.until.is_some_and(|until| until <= now))
            .map(|(id, _)| *id)
            .collect();
        for id in over {
            let Running { link, attempt, .. } = self.running.remove(&id).unwrap();
            self.gave_up = true;
            self.failed(link, attempt, Fault::TimedOut);
        }
    }
}

pub fn check_links(
    network: Arc<dyn Network>,
    start: &str,
    limits: &Limits,
    stop: &Stop,
    progress: impl FnMut(Progress),
) -> Report {
    assert!(limits.at_once > 0 && limits.attempts > 0, "zero");
    let (sender, events): (Sender<Event>, Receiver<Event>) = channel();
    let listening = stop.listen(sender.clone());
    let mut check = Check {
        limits,
        progress,
        due: Vec::new(),
        running: HashMap::new(),
        states: BTreeMap::new(),
        found_on: BTreeMap::new(),
        checked: 0,
        gave_up: false,
    };
    check.find(start);
    let mut last: Option<Instant> = None;
    let mut next_id = 0;
    loop {
        while let Ok(event) = events.try_recv() {
            if let Event::Ended(id, result) = event {
                check.ended(id, result);
            }
        }
        check.give_up();
        let stopped = stop.is_stopped();
        if check.running.is_empty() && (stopped || check.due.is_empty()) {
            break;
        }
        let mut wake: Option<Instant> = check.running.values().filter_map(|r| r.until).min();
        if !stopped && check.running.len() < limits.at_once {
            let first = check.due.iter().enumerate().filter_map(|(i, due)| due.at.map(|at| (at, i))).min();
            let free = match last.filter(|_| !check.gave_up) {
                None => Some(Instant::now()),
                Some(last) => last.checked_add(limits.gap),
            };
            if let (Some((at, index)), Some(free)) = (first, free) {
                let at = at.max(free);
                if at <= Instant::now() {
                    let inner = stop.inner.lock().unwrap();
                    if inner.stopped {
                        continue;
                    }
                    let begin = Instant::now();
                    drop(inner);
                    last = Some(begin);
                    check.gave_up = false;
                    let Due { link, attempt, .. } = check.due.remove(index);
                    let id = next_id;
                    next_id += 1;
                    let (network, sender, page) = (Arc::clone(&network), sender.clone(), link.clone());
                    let thread = thread::spawn(move || {
                        let result = match catch_unwind(AssertUnwindSafe(|| network.fetch(&page))) {
                            Ok(result) => result.map_err(Fail::Said),
                            Err(payload) => {
                                let _ = catch_unwind(AssertUnwindSafe(move || drop(payload)));
                                Err(Fail::Panicked)
                            }
                        };
                        let _ = sender.send(Event::Ended(id, result));
                    });
                    check.running.insert(
                        id,
                        Running { link, attempt, until: begin.checked_add(limits.timeout), thread },
                    );
                    continue;
                }
                wake = Some(wake.map_or(at, |wake| wake.min(at)));
            }
        }
        let event = match wake {
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(wake) => events.recv_timeout(wake.saturating_duration_since(Instant::now())),
        };
        if let Ok(Event::Ended(id, result)) = event {
            check.ended(id, result);
        }
    }
    drop(listening);
    let mut report = Report::default();
    for (link, state) in check.states {
        match state {
            State::Open => drop(report.unchecked.insert(link)),
            State::Good => drop(report.good.insert(link)),
            State::Broken(fault) => {
                let found_on = check.found_on.remove(&link).unwrap_or_default();
                report.broken.insert(link, Broken { fault, found_on });
            }
        }
    }
    report
}
