//! A checker of links: it visits every page of a site that is slow, fails now and then, and must not be asked too often.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

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
    // Yours to replace.
    fields: (),
}

impl Stop {
    /// Nothing is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every call of `check_links` that has this stop, now and from now on.
    pub fn stop(&self) {
        let () = self.fields;
        todo!("remember it, and wake every thread that waits")
    }

    /// Whether somebody has called `stop`.
    pub fn is_stopped(&self) -> bool {
        todo!("whether it has been remembered")
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
    progress: impl FnMut(Progress),
) -> Report {
    let _ = (network, start, limits, stop, progress);
    todo!("which links are due, which attempts run, and what is the next thing that can happen?")
}
