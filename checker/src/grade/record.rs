//! The record of one submission's exercise: what was seen, and what made it. Written at once and whole.

use super::depth::Depth;
use super::plan::Place;
use crate::verdict::{Check, Finding, Kind, Report, Status};
use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a record is of, and what came of it. The same submission judged by the same things gives the same bytes, so there
/// is no time in it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Record {
    pub version: u32,
    pub id: String,
    pub attempt: u32,
    pub exercise: String,
    pub outcome: Outcome,
    /// Each check, with what it found; empty for what was not judged.
    pub checks: Vec<Check>,
    pub made_by: MadeBy,
}

/// What decides a verdict. Two records with the same digests have the same outcome.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct MadeBy {
    /// Of the frozen files; none where nothing was handed in.
    pub program: Option<String>,
    /// Of the exercise's checks, snapshots and manifest.
    pub checks: String,
    /// Of the engine, the simulated std and the harness.
    pub base: String,
    pub toolchain: String,
    pub limits: String,
    pub sandbox: String,
    /// The course's version.
    pub release: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outcome {
    /// Every clause has its verdict.
    Judged {
        clauses: Vec<(u32, Clause)>,
    },
    /// It does not compile, or does what it must not.
    Refused {
        finding: Finding,
    },
    NotSubmitted,
    /// Nothing was proven, and it is not the learner's fault.
    Undecided {
        reason: String,
    },
}

/// What became of one clause.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Clause {
    Kept,
    Broken {
        kind: Kind,
        check: String,
        seed: Option<u64>,
    },
    /// Its checks saw nothing of their own: another finding came first.
    NotReached {
        because: String,
    },
    /// The first finding has decided the mark, so nothing is known of this clause.
    NotJudged {
        because: String,
    },
}

impl Record {
    pub const VERSION: u32 = 2;

    /// What a report says of a submission.
    pub fn of(report: Report, place: Place, clauses: u32, made_by: MadeBy, depth: Depth) -> Record {
        let mut checks = report.checks;
        // How long it took differs from run to run.
        checks.iter_mut().for_each(|check| check.duration_ms = 0);
        let outcome = match report.finding {
            // It took too long to compile: that may be the machine's doing.
            Some(finding) if report.verdict == Status::Undecided => {
                Outcome::Undecided { reason: format!("{}: {}", finding.kind, finding.message) }
            }
            Some(finding) => Outcome::Refused { finding },
            None => outcome(&checks, clauses, depth),
        };
        Record { checks, ..Record::without_checks(place, outcome, made_by) }
    }

    /// A record of something that no check was run on.
    pub fn without_checks(place: Place, outcome: Outcome, made_by: MadeBy) -> Record {
        let Place { id, attempt, exercise } = place;
        Record { version: Record::VERSION, id, attempt, exercise, outcome, checks: Vec::new(), made_by }
    }

    /// Reads a record from its bytes, which may have been cut short.
    ///
    /// # Errors
    /// If it is no whole record, or one of another version.
    pub fn read(bytes: &[u8]) -> Result<Record> {
        let record: Record = serde_json::from_slice(bytes)?;
        if record.version != Record::VERSION {
            bail!("it is of version {}; this checker reads {}", record.version, Record::VERSION);
        }
        Ok(record)
    }

    pub fn place(&self) -> Place {
        Place { id: self.id.clone(), attempt: self.attempt, exercise: self.exercise.clone() }
    }

    /// Whether running it again could tell more.
    pub fn is_decided(&self) -> bool {
        !matches!(self.outcome, Outcome::Undecided { .. })
    }
}

/// What the checks say of each clause. A check that could not be decided makes the whole undecided only where no finding
/// decides the mark: a broken clause is broken, whatever a later check would have said.
fn outcome(checks: &[Check], clauses: u32, depth: Depth) -> Outcome {
    let mut by_clause: BTreeMap<u32, Clause> = BTreeMap::new();
    let mut undecided: BTreeSet<u32> = BTreeSet::new();
    let first = checks.iter().find(|check| check.status == Status::Failed);
    for clause in 1..=clauses {
        let own: Vec<&Check> = checks.iter().filter(|check| check.clause == clause).collect();
        let broken = own.iter().find_map(|check| {
            let finding = check.finding.as_ref().filter(|_| check.status == Status::Failed)?;
            Some(Clause::Broken { kind: finding.kind, check: check.name.clone(), seed: finding.seed })
        });
        let is_open = own.is_empty()
            || own.iter().any(|check| matches!(check.status, Status::NotReached | Status::Undecided));
        let state = match (broken, first.and_then(Check::kind)) {
            (Some(broken), _) => broken,
            // Checks that were still to come could have broken it, even if its own had all passed.
            (None, Some(kind)) if depth == Depth::FirstFinding => {
                Clause::NotJudged { because: kind.to_string() }
            }
            (None, Some(kind)) if is_open => Clause::NotReached { because: kind.to_string() },
            (None, None) if is_open => {
                undecided.insert(clause);
                continue;
            }
            (None, _) => Clause::Kept,
        };
        by_clause.insert(clause, state);
    }
    match undecided.first() {
        Some(clause) => Outcome::Undecided {
            reason: format!("nothing could be proven about clause {clause} within the limits"),
        },
        None => Outcome::Judged { clauses: by_clause.into_iter().collect() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(clause: u32, status: Status, kind: Option<Kind>) -> Check {
        let finding = kind.map(|kind| Finding::new(kind, "seen"));
        let name = format!("check_{clause}");
        Check { name, clause, status, schedules: 10, exhausted: None, finding, duration_ms: 7 }
    }

    #[test]
    fn a_clause_is_kept_broken_or_not_reached() {
        let checks = [
            check(1, Status::Passed, None),
            check(2, Status::Failed, Some(Kind::Deadlock)),
            check(3, Status::Undecided, None),
        ];
        let Outcome::Judged { clauses } = outcome(&checks, 3, Depth::Whole) else { panic!() };
        assert_eq!(clauses[0].1, Clause::Kept);
        assert!(matches!(clauses[1].1, Clause::Broken { kind: Kind::Deadlock, .. }));
        assert_eq!(clauses[2].1, Clause::NotReached { because: "deadlock".to_owned() });
    }

    #[test]
    fn after_a_first_finding_no_other_clause_is_kept() {
        let checks = [check(1, Status::Passed, None), check(2, Status::Failed, Some(Kind::Deadlock))];
        let Outcome::Judged { clauses } = outcome(&checks, 3, Depth::FirstFinding) else { panic!() };
        let rest = Clause::NotJudged { because: "deadlock".to_owned() };
        assert_eq!((&clauses[0].1, &clauses[2].1), (&rest, &rest));
        assert!(matches!(clauses[1].1, Clause::Broken { .. }));
        let passed = [check(1, Status::Passed, None)];
        let Outcome::Judged { clauses } = outcome(&passed, 1, Depth::FirstFinding) else { panic!() };
        assert_eq!(clauses[0].1, Clause::Kept);
    }

    #[test]
    fn what_is_undecided_with_no_finding_has_no_mark() {
        let checks = [check(1, Status::Passed, None), check(2, Status::Undecided, None)];
        assert!(matches!(outcome(&checks, 2, Depth::Whole), Outcome::Undecided { .. }));
    }

    #[test]
    fn a_program_that_takes_too_long_to_compile_is_undecided_and_not_wrong() {
        let report = Report::refused("pair", Finding::new(Kind::TimedOut, "rustc took 60 s"), 60_000);
        let place = Place { id: "s1".to_owned(), attempt: 1, exercise: "pair".to_owned() };
        let record = Record::of(report, place, 1, MadeBy::default(), Depth::Whole);
        assert!(matches!(record.outcome, Outcome::Undecided { .. }), "{:?}", record.outcome);
    }

    #[test]
    fn no_time_is_in_a_record() {
        let report = Report::of_checks("pair", vec![check(1, Status::Passed, None)], 99);
        let place = Place { id: "s1".to_owned(), attempt: 1, exercise: "pair".to_owned() };
        let record = Record::of(report, place, 1, MadeBy::default(), Depth::Whole);
        assert!(!serde_json::to_string(&record).unwrap().contains('7'), "a duration is in it");
    }
}
