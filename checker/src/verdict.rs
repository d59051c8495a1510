//! What judging an exercise says: the shape of `--format json`, and of the lines a check program sends.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The sort of thing a check saw.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    DoesNotCompile,
    Forbidden,
    Unfinished,
    WrongAnswer,
    Race,
    Deadlock,
    Livelock,
    BusyWait,
    Sequential,
    Oversubscribed,
    Unbounded,
    LeakedThread,
    Panicked,
    SwallowedPanic,
    TooEarly,
    TooLate,
    Crashed,
    TimedOut,
}

impl Kind {
    /// Every kind, in the order in which they are documented.
    pub const ALL: [Kind; 18] = [
        Kind::DoesNotCompile,
        Kind::Forbidden,
        Kind::Unfinished,
        Kind::WrongAnswer,
        Kind::Race,
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

#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Passed,
    Failed,
    /// Nothing was proven either way; never counted as failed.
    Undecided,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Undecided => "undecided",
        }
    }
}

/// One exercise, judged.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub exercise: String,
    pub verdict: Status,
    /// What is wrong with the program as a whole; then `checks` is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    pub checks: Vec<Check>,
    pub duration_ms: u64,
    /// The compiler's warnings, as it rendered them.
    #[serde(skip)]
    pub warnings: String,
}

impl Report {
    /// The program was refused before any check could run.
    pub fn refused(exercise: &str, finding: Finding, duration_ms: u64) -> Report {
        Report {
            exercise: exercise.to_owned(),
            verdict: Status::Failed,
            finding: Some(finding),
            checks: Vec::new(),
            duration_ms,
            warnings: String::new(),
        }
    }

    pub fn of_checks(exercise: &str, checks: Vec<Check>, duration_ms: u64) -> Report {
        let any = |status| checks.iter().any(|check| check.status == status);
        let verdict = if any(Status::Failed) {
            Status::Failed
        } else if any(Status::Undecided) {
            Status::Undecided
        } else {
            Status::Passed
        };
        let (exercise, warnings) = (exercise.to_owned(), String::new());
        Report { exercise, verdict, finding: None, checks, duration_ms, warnings }
    }

    pub fn failed_checks(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.status == Status::Failed)
    }

    /// Whether all that is wrong is that a `todo!()` was reached.
    pub fn is_unfinished(&self) -> bool {
        self.verdict == Status::Failed
            && self.finding.is_none()
            && self.failed_checks().all(|check| check.kind() == Some(Kind::Unfinished))
    }

    pub fn schedules(&self) -> u64 {
        self.checks.iter().map(|check| check.schedules).sum()
    }

    /// What was found, with the clause it belongs to; no clause for a finding on the whole program.
    pub fn findings(&self) -> impl Iterator<Item = (Option<u32>, &Finding)> {
        let whole = self.finding.iter().map(|finding| (None, finding));
        let failed = self.failed_checks();
        whole.chain(failed.filter_map(|check| Some((Some(check.clause), check.finding.as_ref()?))))
    }
}

/// One check of one clause.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Check {
    pub name: String,
    pub clause: u32,
    pub status: Status,
    pub schedules: u64,
    /// The input that every interleaving was tried of, besides those schedules.
    #[serde(default)]
    pub exhausted: Option<Exhausted>,
    pub finding: Option<Finding>,
    #[serde(default)]
    pub duration_ms: u64,
}

impl Check {
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
    pub kind: Kind,
    pub message: String,
    pub seed: Option<u64>,
    #[serde(default)]
    pub threads: Vec<Thread>,
    /// The inputs of the failing case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What the learner's own `println!` wrote in the failing schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
}

impl Finding {
    pub fn new(kind: Kind, message: impl Into<String>) -> Finding {
        let message = message.into();
        Finding { kind, message, seed: None, threads: Vec::new(), input: None, printed: None, schedule: None }
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

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Thread {
    pub name: String,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub waiting_for: Option<String>,
}

/// The failing interleaving.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Schedule {
    pub switches: u64,
    pub steps: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

/// One step of one thread.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Event {
    pub thread: String,
    pub op: String,
    #[serde(default)]
    pub object: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
    #[serde(default)]
    pub time_ns: u64,
    /// Whether the thread could not go on from here.
    #[serde(default)]
    pub blocked: bool,
}

/// One schedule of one check, run again: the shape of `replay --format json`.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// Changes when a field changes its meaning or goes; new fields may come without that.
    pub version: u32,
    pub exercise: String,
    pub check: String,
    pub clause: u32,
    pub seed: u64,
    pub status: Status,
    /// In the order in which they first do something: the order of the lanes.
    pub threads: Vec<String>,
    /// Every step, in the order in which they happened; empty if the check passed.
    pub events: Vec<Event>,
    /// What was found, with where each thread stood; its `schedule` counts steps and switches.
    pub finding: Option<Finding>,
}

impl Replayed {
    pub const VERSION: u32 = 1;

    pub fn of(exercise: &str, mut check: Check, seed: u64) -> Replayed {
        let schedule = check.finding.as_mut().and_then(|finding| finding.schedule.as_mut());
        let events = schedule.map(|schedule| std::mem::take(&mut schedule.events)).unwrap_or_default();
        let threads = crate::show::lanes::threads(&events).into_iter().map(str::to_owned).collect();
        Replayed {
            version: Replayed::VERSION,
            exercise: exercise.to_owned(),
            check: check.name,
            clause: check.clause,
            seed,
            status: check.status,
            threads,
            events,
            finding: check.finding,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    NotRun,
    Passed,
    /// Passed, and edited since.
    Edited,
    Failed,
    Unfinished,
    Undecided,
}

impl State {
    pub fn of(report: &Report) -> State {
        match report.verdict {
            Status::Passed => State::Passed,
            Status::Undecided => State::Undecided,
            Status::Failed if report.is_unfinished() => State::Unfinished,
            Status::Failed => State::Failed,
        }
    }
}
