//! JUnit: a file for each exercise, a suite for each submission, a case for each check.

use super::record::{Clause, Outcome, Record};
use crate::verdict::Status;
use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The most of a text that goes into a case.
const TEXT: usize = 4_000;

/// The report of one exercise. Undecided is an error of ours, wrong a failure, not handed in skipped.
///
/// # Errors
/// If it can't be written.
pub fn report(exercise: &str, records: &[Record]) -> Result<String> {
    let mut report = Report::new(exercise);
    for record in records {
        let mut name = format!("{exercise}.{}", record.id);
        // GitLab takes the first of two suites with one name.
        if record.attempt > 1 {
            name += &format!(".attempt-{}", record.attempt);
        }
        let mut suite = TestSuite::new(&*name);
        match &record.outcome {
            Outcome::Judged { clauses } => {
                for check in &record.checks {
                    let status = match (check.status, &check.finding) {
                        (Status::Passed, _) => TestCaseStatus::success(),
                        (status, finding) => {
                            let kind = if status == Status::Failed {
                                NonSuccessKind::Failure
                            } else {
                                NonSuccessKind::Error
                            };
                            let text = finding.as_ref().map_or("", |finding| finding.message.as_str());
                            let found = finding.as_ref().map_or("undecided", |finding| finding.kind.name());
                            let kind_of = if status == Status::NotReached { status.name() } else { found };
                            told(kind, kind_of, text)
                        }
                    };
                    suite.add_test_case(case(&check.name, &name, status));
                }
                for (number, clause) in clauses {
                    if let Clause::NotJudged { .. } = clause {
                        let mut status = TestCaseStatus::skipped();
                        status.set_message(super::pages::words(clause).1);
                        suite.add_test_case(case(&format!("clause {number}"), &name, status));
                    }
                }
            }
            Outcome::Refused { finding } => {
                let status = told(NonSuccessKind::Failure, finding.kind.name(), &finding.message);
                suite.add_test_case(case("compiles", &name, status));
            }
            Outcome::Undecided { reason } => {
                suite.add_test_case(case("judged", &name, told(NonSuccessKind::Error, "undecided", reason)));
            }
            Outcome::NotSubmitted => {
                let mut status = TestCaseStatus::skipped();
                status.set_message("nothing was handed in");
                suite.add_test_case(case("submitted", &name, status));
            }
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

fn told(kind: NonSuccessKind, finding: &str, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    let text: String = text.chars().take(TEXT).collect();
    let line = text.lines().next().unwrap_or_default().to_owned();
    status
        .set_type(finding)
        .set_message(format!("{finding}: {line}"))
        .set_description(format!("{finding}: {text}"));
    status
}
