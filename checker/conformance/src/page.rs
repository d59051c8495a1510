//! CONFORMANCE.md: what was run, what passed, and why the rest does not.

use std::fmt::Write as _;

use simcargo::{Ending, TestResult};

use crate::reasons::{REASONS, Reason};
use crate::trials::{Outcome, Row};

const HEAD: &str = include_str!("head.md");

/// The page.
pub(crate) fn write(rows: &[Row], schedules: u64) -> String {
    let mut page = HEAD.replace("SCHEDULES", &schedules.to_string());
    page.push_str("## What does not pass, and why\n\n");
    for reason in REASONS {
        let failing = reason.tests.iter().filter(|(suite, test, kind)| fails(rows, suite, test, kind));
        let names: Vec<String> = failing.map(|(suite, test, _)| format!("`{suite} {test}`")).collect();
        if !names.is_empty() {
            let _ = writeln!(page, "- {}\n  {}.", reason.why, names.join(", "));
        }
    }
    page.push_str(
        "\n## The suites\n\n| suite | tests | passed | left out | not passed |\n|---|---|---|---|---|\n",
    );
    let mut sums = [0; 4];
    for row in rows {
        match &row.result {
            Outcome::LeftOut(why) => {
                let _ = writeln!(page, "| {} {} | | | all: {why} | |", row.label, row.version);
            }
            Outcome::Ran(tests, taken_out) => table_row(&mut page, row, tests, taken_out, &mut sums),
        }
    }
    let [all, passed, left_out, failed] = sums;
    let _ = writeln!(page, "| **all** | {all} | {passed} | {left_out} | {failed} |");
    let taken: Vec<String> = rows.iter().filter_map(taken_out).collect();
    if !taken.is_empty() {
        page.push_str("\n## Tests of std that need unstable features\n\n");
        taken.iter().for_each(|line| page.push_str(line));
    }
    page
}

fn table_row(
    page: &mut String,
    row: &Row,
    tests: &[TestResult],
    taken_out: &[String],
    sums: &mut [usize; 4],
) {
    let ignored = tests.iter().filter(|test| matches!(test.ending, Ending::Ignored(_))).count();
    let passed = tests.iter().filter(|test| test.ending == Ending::Passed).count();
    let failed: Vec<String> = tests.iter().filter_map(failure).collect();
    let counts = [tests.len() + taken_out.len(), passed, ignored + taken_out.len(), failed.len()];
    sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    let [all, passed, left_out, _] = counts;
    let told = failed.join("; ");
    let _ = writeln!(page, "| {} {} | {all} | {passed} | {left_out} | {told} |", row.label, row.version);
}

fn taken_out(row: &Row) -> Option<String> {
    match &row.result {
        Outcome::Ran(_, names) if !names.is_empty() => {
            Some(format!("- {}: `{}`.\n", row.label, names.join("`, `")))
        }
        _ => None,
    }
}

/// How a test did not pass, in a cell of the table.
fn failure(test: &TestResult) -> Option<String> {
    let kind = kind(&test.ending)?;
    let told = match &test.ending {
        Ending::Failed { message, at, seed, .. } => {
            let line = at.as_ref().map_or_else(String::new, |(_, line)| format!(", line {line}"));
            let first = message.lines().next().unwrap_or_default().trim();
            let first: String = first.chars().take(120).collect();
            let said = if first.is_empty() { String::new() } else { format!(" ({first}{line})") };
            format!("{said}, seed {seed}")
        }
        Ending::Crashed(status) => format!(" ({status})"),
        _ => String::new(),
    };
    Some(format!("{}: {kind}{}", test.name, told.replace('|', "\\|")))
}

/// How it did not pass, in a word.
fn kind(ending: &Ending) -> Option<&str> {
    match ending {
        Ending::Passed | Ending::Ignored(_) => None,
        Ending::Failed { kind, .. } => Some(kind),
        Ending::Crashed(_) => Some("crashed"),
        Ending::TimedOut => Some("timed-out"),
    }
}

fn fails(rows: &[Row], suite: &str, test: &str, kind_of: &str) -> bool {
    let row = rows.iter().find(|row| row.label == suite);
    let Some(Outcome::Ran(tests, _)) = row.map(|row| &row.result) else { return false };
    tests.iter().any(|it| it.name == test && kind(&it.ending) == Some(kind_of))
}

/// Failures that no reason names, and suites that do not compile.
pub(crate) fn unexplained(rows: &[Row]) -> Vec<String> {
    let named = |row: &Row, test: &TestResult, kind: &str| {
        let tests = |reason: &'static Reason| reason.tests.iter();
        REASONS.iter().flat_map(tests).any(|it| *it == (row.label.as_str(), test.name.as_str(), kind))
    };
    let mut lines = Vec::new();
    for row in rows {
        match &row.result {
            Outcome::LeftOut(why) if why.contains("does not compile") => {
                lines.push(format!("{}: {why}", row.label))
            }
            Outcome::LeftOut(_) => {}
            Outcome::Ran(tests, _) => {
                if tests.is_empty() {
                    lines.push(format!("{}: no tests", row.label));
                }
                for test in tests {
                    let is_known = kind(&test.ending).is_none_or(|kind| named(row, test, kind));
                    lines.extend(
                        failure(test).filter(|_| !is_known).map(|told| format!("{} {told}", row.label)),
                    );
                }
            }
        }
    }
    lines
}
