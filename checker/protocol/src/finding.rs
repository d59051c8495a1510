//! What a check saw: a kind, a sentence, where the threads stood, and the steps of the schedule.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The sort of thing a check saw.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// rustc refused it.
    DoesNotCompile,
    /// It uses what can't be judged, such as files.
    Forbidden,
    /// A `todo!()` was reached.
    Unfinished,
    /// Wrong in every schedule.
    WrongAnswer,
    /// Right in some schedules, wrong in others.
    Race,
    /// Right in every interleaving, wrong where a load reads an older value, as its memory order allows.
    StaleRead,
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
    /// A hard limit was reached; nothing was proven.
    TimedOut,
}

impl Kind {
    /// Every kind, in the order in which they are documented.
    pub const ALL: [Kind; 19] = [
        Kind::DoesNotCompile,
        Kind::Forbidden,
        Kind::Unfinished,
        Kind::WrongAnswer,
        Kind::Race,
        Kind::StaleRead,
        Kind::Deadlock,
        Kind::Livelock,
        Kind::BusyWait,
        Kind::Sequential,
        Kind::Oversubscribed,
        Kind::Unbounded,
        Kind::LeakedThread,
        Kind::Panicked,
        Kind::SwallowedPanic,
        Kind::TooEarly,
        Kind::TooLate,
        Kind::Crashed,
        Kind::TimedOut,
    ];

    /// The kind as it is spelled on screen, in JSON and in the first line of a rejected variant.
    pub fn name(self) -> &'static str {
        match self {
            Kind::DoesNotCompile => "does-not-compile",
            Kind::Forbidden => "forbidden",
            Kind::Unfinished => "unfinished",
            Kind::WrongAnswer => "wrong-answer",
            Kind::Race => "race",
            Kind::StaleRead => "stale-read",
            Kind::Deadlock => "deadlock",
            Kind::Livelock => "livelock",
            Kind::BusyWait => "busy-wait",
            Kind::Sequential => "sequential",
            Kind::Oversubscribed => "oversubscribed",
            Kind::Unbounded => "unbounded",
            Kind::LeakedThread => "leaked-thread",
            Kind::Panicked => "panicked",
            Kind::SwallowedPanic => "swallowed-panic",
            Kind::TooEarly => "too-early",
            Kind::TooLate => "too-late",
            Kind::Crashed => "crashed",
            Kind::TimedOut => "timed-out",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// A word that is not the name of any [`Kind`].
#[derive(Debug)]
pub struct UnknownKind(String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        write!(f, "`{}` is not a kind of finding; the kinds are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for UnknownKind {}

/// What became of a check, or of a program.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Every schedule kept the promise.
    Passed,
    /// Something was found.
    Failed,
    /// Something that breaks another clause ended every run before this could be seen.
    NotReached,
    /// Nothing was proven either way; never counted as failed.
    Undecided,
}

impl Status {
    /// Its spelling.
    pub fn name(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::NotReached => "not-reached",
            Status::Undecided => "undecided",
        }
    }
}

/// One check of one clause.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Check {
    /// The name of its function.
    pub name: String,
    /// The clause that it tests.
    pub clause: u32,
    /// What became of it.
    pub status: Status,
    /// How many schedules were tried.
    pub schedules: u64,
    /// The input that every interleaving was tried of, besides those schedules.
    #[serde(default)]
    pub exhausted: Option<Exhausted>,
    /// What was found, if anything was.
    pub finding: Option<Finding>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
}

impl Check {
    /// The kind of its finding.
    pub fn kind(&self) -> Option<Kind> {
        self.finding.as_ref().map(|finding| finding.kind)
    }
}

/// What every interleaving was tried of.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Exhausted {
    /// In words that follow "every interleaving of".
    pub what: String,
    /// One for each class of those that differ only in the order of steps that don't concern each other.
    pub interleavings: u64,
}

/// What was seen, and where.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Finding {
    /// The sort of thing it is.
    pub kind: Kind,
    /// What happened, in a sentence; or the compiler's own words.
    pub message: String,
    /// What the checks need and the program lacks, where its own crate compiles and the checks do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
    /// The check was not tried, since others before it had hung.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_out: bool,
    /// The seed that gives it again.
    pub seed: Option<u64>,
    /// Where each thread stood.
    #[serde(default)]
    pub threads: Vec<Thread>,
    /// The inputs of the failing case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What the learner's own `println!` wrote in the failing schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed: Option<String>,
    /// When it happened, and when it should have, if time is what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<Box<Moment>>,
    /// The failing interleaving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Why it could happen, in sentences, where that is known: which memory orders allow it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// The same case had kept the promise before, in the same run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_time: bool,
}

/// Something that happened at the wrong time. All in nanoseconds of virtual time since the case began.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Moment {
    /// What happened, in words that a time can follow.
    pub what: String,
    /// When that was.
    pub at_ns: u64,
    /// When it would not have been too early any more.
    pub from_ns: u64,
    /// When it would not have been too late yet; `None` if it could not be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ns: Option<u64>,
}

impl Finding {
    /// A finding of which no more is known than its kind and a sentence.
    pub fn new(kind: Kind, message: impl Into<String>) -> Finding {
        let message = message.into();
        Finding {
            kind,
            message,
            lacks: None,
            left_out: false,
            seed: None,
            threads: Vec::new(),
            input: None,
            printed: None,
            moment: None,
            schedule: None,
            why: Vec::new(),
            second_time: false,
        }
    }

    /// What it is about, whatever the seed and the input it was seen with: findings that agree in this are one
    /// thing to understand.
    pub fn topic(&self) -> String {
        let places: BTreeSet<_> = self.threads.iter().map(|thread| (&thread.file, thread.line)).collect();
        if self.kind == Kind::Unfinished || places.is_empty() {
            format!("{} {}", self.kind, self.message)
        } else {
            format!("{} {places:?}", self.kind)
        }
    }
}

/// Where a thread stood at the end.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Thread {
    /// Its name, or a number.
    pub name: String,
    /// The learner's file,
    pub file: Option<String>,
    /// and the line in it, from 1.
    pub line: Option<u32>,
    /// In words that follow "waits for".
    pub waiting_for: Option<String>,
    /// The line that called the function in which it stands, if that is the learner's too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<u32>,
}

/// The failing interleaving.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Schedule {
    /// How often another thread ran than before.
    pub switches: u64,
    /// How many scheduling points it has.
    pub steps: u64,
    /// The virtual time at its end, in nanoseconds.
    #[serde(default)]
    pub time_ns: u64,
    /// Each step, if they were recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Step>,
}

/// One step of one thread.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Step {
    /// The name of the thread.
    pub thread: String,
    /// What it did, as the source calls it.
    pub op: String,
    /// What became of it, if that says more than that it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// What it did that to.
    #[serde(default)]
    pub object: Option<String>,
    /// The learner's file,
    pub file: Option<String>,
    /// and the line in it, from 1.
    pub line: Option<u32>,
    /// The virtual time, in nanoseconds.
    #[serde(default)]
    pub time_ns: u64,
    /// Whether the thread began to wait here.
    #[serde(default)]
    pub blocked: bool,
}

/// The threads in the order in which they first do something.
pub fn threads(events: &[Step]) -> Vec<&str> {
    let mut threads: Vec<&str> = Vec::new();
    for event in events {
        if !threads.contains(&event.thread.as_str()) {
            threads.push(&event.thread);
        }
    }
    threads
}
