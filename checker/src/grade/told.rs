//! What a learner may read of a record, as plain text: for platforms that show no pages of ours.

use super::assignment::{Part, Shows};
use super::pages::{cut, is_own, without_ours};
use super::record::Record;
use crate::verdict::{Check, Finding};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The findings of one clause, or of all, without what the assignment hides.
pub fn told(shows: &Shows, record: &Record, clause: Option<u32>) -> String {
    let mut text = String::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let own = record.checks.iter().filter(|check| clause.is_none_or(|clause| check.clause == clause));
    for check in own.filter(|check| !shows.hides(&record.exercise, &check.name)) {
        let Some(finding) = &check.finding else { continue };
        // One thing to understand is told once.
        if seen.insert(finding.topic()) {
            one(&mut text, shows, record, check, finding);
        }
    }
    text
}

// Writing to a string can't fail.
fn one(text: &mut String, shows: &Shows, record: &Record, check: &Check, finding: &Finding) {
    if shows.has(Part::Evidence) {
        let _ = writeln!(text, "{}: {}", finding.kind, cut(&without_ours(&finding.message)));
        for thread in &finding.threads {
            let file = thread.file.as_ref().filter(|file| is_own(file));
            let place = file.zip(thread.line).map(|(file, line)| format!(", {file}:{line}"));
            let waits = thread.waiting_for.as_ref().map(|it| format!(", waits for {it}"));
            let _ =
                writeln!(text, "- {}{}{}", thread.name, place.unwrap_or_default(), waits.unwrap_or_default());
        }
        if let Some(printed) = &finding.printed {
            let _ = writeln!(text, "It printed:\n{}", cut(printed));
        }
    }
    if let Some(input) = finding.input.as_ref().filter(|_| shows.has(Part::Input)) {
        let _ = writeln!(text, "Input: {}", cut(input));
    }
    if let Some(seed) = finding.seed.filter(|_| shows.has(Part::Seed)) {
        let _ = writeln!(
            text,
            "To see it again on your machine: cargo checker replay {} {} --seed {seed}",
            record.exercise, check.name
        );
    }
}
