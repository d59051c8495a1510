//! breaks: clause 5 · finding: deadlock
//! A wait whose factor does not fit into 32 bits is taken for one that never ends.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
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
#[derive(Debug, Default)]
pub struct Stop {
    state: Mutex<Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    stopped: bool,
    next: u64,
    senders: BTreeMap<u64, Sender<Event>>,
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every call of `check_links` that has this stop, now and from now on.
    pub fn stop(&self) {
        let mut state = self.state.lock().unwrap();
        state.stopped = true;
        for sender in state.senders.values() {
            // A call that has ended listens no longer.
            let _ = sender.send(Event::Stop);
        }
    }

    /// Whether somebody has called `stop`.
    pub fn is_stopped(&self) -> bool {
        self.state.lock().unwrap().stopped
    }

    /// Also tells of a stop that was before.
    fn listen(&self, sender: Sender<Event>) -> Listening<'_> {
        let mut state = self.state.lock().unwrap();
        if state.stopped {
            let _ = sender.send(Event::Stop);
        }
        state.next += 1;
        let number = state.next;
        state.senders.insert(number, sender);
        Listening(self, number)
    }
}

/// Listens no longer when it is dropped.
struct Listening<'a>(&'a Stop, u64);

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().senders.remove(&self.1);
    }
}

#[derive(Debug)]
enum Event {
    Stop,
    Answer(usize, Result<Result<Vec<String>, Failure>, ()>),
}

/// What is known of a link.
#[derive(Debug, Default)]
struct Link {
    name: String,
    on: BTreeSet<String>,
    attempts: u32,
    verdict: Option<Result<(), Fault>>,
}

#[derive(Debug)]
struct Run {
    link: usize,
    deadline: Option<Instant>,
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
    assert_ne!(limits.at_once, 0, "`at_once` must not be 0");
    assert_ne!(limits.attempts, 0, "`attempts` must not be 0");
    let (sender, events) = mpsc::channel();
    let _listening = stop.listen(sender.clone());
    let mut links = vec![Link { name: start.to_owned(), ..Link::default() }];
    let mut places = BTreeMap::from([(start.to_owned(), 0)]);
    // The earliest first. A link that is never due is in no heap.
    let mut due = BinaryHeap::from([Reverse((Instant::now(), 0))]);
    let mut never_due = 0;
    let mut runs: BTreeMap<usize, Run> = BTreeMap::new();
    let (mut begun, mut checked) = (0, 0);
    let mut next = Some(Instant::now());
    loop {
        // The message only wakes. Other messages may be in front of it.
        let (now, stopped) = (Instant::now(), stop.is_stopped());
        let may = |due: &BinaryHeap<Reverse<(Instant, usize)>>,
                   runs: &BTreeMap<usize, Run>,
                   next: Option<Instant>| {
            let room = !stopped && runs.len() < limits.at_once;
            room.then(|| due.peek().zip(next).map(|(Reverse((at, _)), next)| next.max(*at))).flatten()
        };
        while may(&due, &runs, next).is_some_and(|at| at <= now) {
            let Some(Reverse((_, link))) = due.pop() else { break };
            next = now.checked_add(limits.gap);
            begun += 1;
            links[link].attempts += 1;
            runs.insert(begun, Run { link, deadline: now.checked_add(limits.timeout) });
            let (network, sender, number) = (Arc::clone(&network), sender.clone(), begun);
            let name = links[link].name.clone();
            thread::spawn(move || {
                let answer = catch_unwind(AssertUnwindSafe(|| network.fetch(&name)));
                let _ = sender.send(Event::Answer(number, answer.map_err(drop)));
            });
        }
        if runs.is_empty() && (stopped || due.is_empty() && never_due == 0) {
            break;
        }
        let wake = runs.values().filter_map(|run| run.deadline).chain(may(&due, &runs, next)).min();
        let event = match wake {
            Some(at) => events.recv_timeout(at.saturating_duration_since(Instant::now())),
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let (link, answer) = match event {
            Ok(Event::Stop) => continue,
            Ok(Event::Answer(number, answer)) => match runs.remove(&number) {
                Some(run) => (run.link, Some(answer)),
                None => continue,
            },
            Err(_) => {
                let now = Instant::now();
                let late = |run: &Run| run.deadline.is_some_and(|deadline| deadline <= now);
                let Some(number) = runs.iter().find(|(_, run)| late(run)).map(|(number, _)| *number) else {
                    continue;
                };
                (runs.remove(&number).unwrap().link, None)
            }
        };
        let attempts = links[link].attempts;
        let (fault, again) = match answer {
            Some(Ok(Ok(on_it))) => {
                let page = links[link].name.clone();
                for name in on_it {
                    let place = *places.entry(name).or_insert_with_key(|name| {
                        links.push(Link { name: name.clone(), ..Link::default() });
                        due.push(Reverse((Instant::now(), links.len() - 1)));
                        links.len() - 1
                    });
                    links[place].on.insert(page.clone());
                }
                (None, false)
            }
            Some(Ok(Err(Failure::Transient(error)))) => (Some(Fault::Failed(error)), true),
            Some(Ok(Err(Failure::Permanent(error)))) => (Some(Fault::Failed(error)), false),
            Some(Err(())) => (Some(Fault::Panicked), false),
            None => (Some(Fault::TimedOut), true),
        };
        if again && attempts < limits.attempts {
            let wait = 2_u32.checked_pow(attempts - 1).and_then(|factor| limits.wait.checked_mul(factor));
            match wait.and_then(|wait| Instant::now().checked_add(wait)) {
                Some(at) => due.push(Reverse((at, link))),
                None => never_due += 1,
            }
            continue;
        }
        links[link].verdict = Some(fault.map_or(Ok(()), Err));
        checked += 1;
        progress(Progress { checked, found: links.len() });
    }
    let mut report = Report::default();
    for Link { name, on, verdict, .. } in links {
        match verdict {
            Some(Ok(())) => drop(report.good.insert(name)),
            Some(Err(fault)) => drop(report.broken.insert(name, Broken { fault, found_on: on })),
            None => drop(report.unchecked.insert(name)),
        }
    }
    report
}
