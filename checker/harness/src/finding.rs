//! What a check saw: a kind, a sentence, and where the threads stood.

use serde::Serialize;

/// The kinds of finding, spelled on screen and in JSON as [`Kind::name`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It uses what can't be judged, such as files.
    Forbidden,
    /// A `todo!()` was reached.
    Unfinished,
    /// Wrong in every schedule.
    WrongAnswer,
    /// Right in some schedules, wrong in others.
    Race,
    /// Nothing can run any more.
    Deadlock,
    /// It runs for ever without progress.
    Livelock,
    /// A thread spins while it waits.
    BusyWait,
    /// No overlap where the contract asks for it.
    Sequential,
    /// More threads or more work in flight than allowed.
    Oversubscribed,
    /// A buffer grows past its capacity.
    Unbounded,
    /// A thread is left behind.
    LeakedThread,
    /// It panicked where it should not.
    Panicked,
    /// A panic vanished.
    SwallowedPanic,
    /// Something happened before it should.
    TooEarly,
    /// Something happened after it should.
    TooLate,
    /// The process ended in the middle.
    Crashed,
    /// A hard limit was reached.
    TimedOut,
}

impl Kind {
    /// Its spelling.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// What went wrong in one case, before it is looked into.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: String,
}

/// A finding as it goes to the checker.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) seed: u64,
    pub(crate) threads: Vec<Thread>,
    pub(crate) input: Option<String>,
    pub(crate) printed: Option<String>,
    pub(crate) schedule: Option<Schedule>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Thread {
    pub(crate) name: String,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) waiting_for: Option<String>,
}

/// The shortest failing schedule that was found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Schedule {
    pub(crate) switches: u64,
    pub(crate) steps: u64,
    pub(crate) time_ns: u64,
    pub(crate) events: Vec<Event>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Event {
    pub(crate) thread: String,
    pub(crate) op: &'static str,
    pub(crate) object: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) time_ns: u64,
    pub(crate) blocked: bool,
}

/// What became of one check.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) name: &'static str,
    pub(crate) clause: u32,
    pub(crate) status: Status,
    pub(crate) schedules: u64,
    pub(crate) exhausted: Option<Exhausted>,
    pub(crate) finding: Option<Finding>,
    pub(crate) duration_ms: u64,
}

/// What every interleaving was tried of.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Exhausted {
    pub(crate) what: &'static str,
    /// One for each class of those that differ only in the order of steps that don't concern each other.
    pub(crate) interleavings: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    Passed,
    Failed,
}
