//! An exploration as JUnit, which GitLab, Jenkins and others read: a suite for each test program.

use crate::verdict::explored::{Exploration, State, Test};
use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The report, as XML. `explained` gives the text of a test that went wrong.
///
/// # Errors
/// If it can't be written.
pub fn report(exploration: &Exploration, explained: impl Fn(&Test) -> Result<String>) -> Result<String> {
    let mut report = Report::new("explore");
    let mut programs: Vec<&str> = exploration.tests.iter().map(|test| test.program.as_str()).collect();
    programs.dedup();
    for program in programs {
        let mut suite = TestSuite::new(program);
        for test in exploration.tests.iter().filter(|test| test.program == program) {
            let mut case = TestCase::new(&*test.name, status(test, &explained)?);
            case.set_classname(program);
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

fn status(test: &Test, explained: impl Fn(&Test) -> Result<String>) -> Result<TestCaseStatus> {
    let finding = test.explored.finding.as_ref();
    let kind = finding.map_or("failed", |finding| finding.kind.name());
    let skipped = |why: &str| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(why);
        status
    };
    let told = |sort: NonSuccessKind, kind: &str| -> Result<TestCaseStatus> {
        let mut status = TestCaseStatus::non_success(sort);
        let message = finding.map_or("", |finding| finding.message.as_str());
        status.set_type(kind).set_message(format!("{kind}: {message}")).set_description(explained(test)?);
        Ok(status)
    };
    match test.state {
        State::Passed => Ok(TestCaseStatus::success()),
        State::Ignored => Ok(skipped(test.ignored.as_deref().unwrap_or_default())),
        State::NotSimulated => Ok(skipped(finding.map_or("", |finding| finding.message.as_str()))),
        State::Failed => told(NonSuccessKind::Failure, kind),
        State::NotRepeatable => told(NonSuccessKind::Failure, "not-repeatable"),
        State::Undecided => told(NonSuccessKind::Error, kind),
    }
}
