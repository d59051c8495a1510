//! What judging an exercise says: the shape of `--format json`.

pub mod causes;
pub mod explored;
pub mod facts;
pub mod names;

pub use protocol::{Check, Exhausted, Finding, Kind, Moment, Status, Step, Thread};

use protocol::threads;
use serde::{Deserialize, Serialize};

/// One exercise, judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    pub exercise: String,
    pub verdict: Status,
    /// What is wrong with the program as a whole; then `checks` is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    pub checks: Vec<Check>,
    pub duration_ms: u64,
    /// The compiler's warnings, as it rendered them.
    #[serde(skip)]
    pub warnings: String,
    /// What the verdict does not cover, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Report {
    /// The program was refused before any check could run; nothing is known of one that took too long to compile.
    pub fn refused(exercise: &str, finding: Finding, duration_ms: u64) -> Report {
        let verdict = if finding.kind == Kind::TimedOut { Status::Undecided } else { Status::Failed };
        Report {
            exercise: exercise.to_owned(),
            verdict,
            finding: Some(finding),
            checks: Vec::new(),
            duration_ms,
            warnings: String::new(),
            notes: Vec::new(),
        }
    }

    pub fn of_checks(exercise: &str, checks: Vec<Check>, duration_ms: u64) -> Report {
        let any = |status| checks.iter().any(|check| check.status == status);
        let verdict = if any(Status::Failed) || any(Status::NotReached) {
            Status::Failed
        } else if any(Status::Undecided) {
            Status::Undecided
        } else {
            Status::Passed
        };
        let (exercise, warnings) = (exercise.to_owned(), String::new());
        Report { exercise, verdict, finding: None, checks, duration_ms, warnings, notes: Vec::new() }
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

    /// Every finding, those of checks that are undecided included.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.finding.iter().chain(self.checks.iter().filter_map(|check| check.finding.as_ref()))
    }

    /// What was found, with the clause it belongs to; no clause for a finding on the whole program.
    pub fn findings(&self) -> impl Iterator<Item = (Option<u32>, &Finding)> {
        let whole = self.finding.iter().map(|finding| (None, finding));
        let found = |check: &&Check| matches!(check.status, Status::Failed | Status::NotReached);
        let failed = self.checks.iter().filter(found);
        whole.chain(failed.filter_map(|check| Some((Some(check.clause), check.finding.as_ref()?))))
    }
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
    pub events: Vec<Step>,
    /// What was found, with where each thread stood; its `schedule` counts steps and switches.
    pub finding: Option<Finding>,
}

impl Replayed {
    pub const VERSION: u32 = 1;

    pub fn of(exercise: &str, mut check: Check, seed: u64) -> Replayed {
        let schedule = check.finding.as_mut().and_then(|finding| finding.schedule.as_mut());
        let events = schedule.map(|schedule| std::mem::take(&mut schedule.events)).unwrap_or_default();
        let threads = threads(&events).into_iter().map(str::to_owned).collect();
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
    /// Passed, when the exercise had another contract, other checks or another stub.
    Outdated,
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
            // Of a whole program nothing is said but that.
            Status::Failed | Status::NotReached => State::Failed,
        }
    }
}
