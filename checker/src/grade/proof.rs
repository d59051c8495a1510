//! Whether an archived grading comes out again: everything is judged anew, and compared with what was kept.

use super::depth::Depth;
use super::graded::Graded;
use super::plan::{Folder, Place};
use super::record::{Outcome, Record};
use super::tables;
use crate::course::Course;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What has become of an archived grading.
#[derive(Debug, Default)]
pub struct Proof {
    /// Records that have the same bytes again.
    pub same: usize,
    /// Records with the same verdict, made by something else, such as another toolchain.
    pub otherwise_made: usize,
    /// Verdicts that are not the same, each with what it was and is.
    pub changed: Vec<String>,
    /// Files that were made of the records and are not the same.
    pub files: Vec<String>,
}

impl Proof {
    pub fn holds(&self) -> bool {
        self.changed.is_empty() && (self.otherwise_made > 0 || self.files.is_empty())
    }
}

/// How the records of a grading were made, as far as a judge has to be told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    pub seed: u64,
    pub schedules: Option<u64>,
    pub seconds: u64,
    pub depth: Depth,
}

/// The limits that the records of a grading name; those of most records, if they differ.
///
/// # Errors
/// If there is no record, or one can't be understood.
pub fn limits(folder: &Folder) -> Result<Limits> {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for record in records(&folder.verdicts())?.values() {
        *counted.entry(record.made_by.limits.clone()).or_default() += 1;
    }
    let most = counted.into_iter().max_by_key(|(_, count)| *count).context("it contains no record")?.0;
    parse(&most).with_context(|| format!("`{most}` says nothing of limits"))
}

fn parse(text: &str) -> Option<Limits> {
    let mut parts = text.split(", ");
    let seed = parts.next()?.strip_prefix("seed ")?.parse().ok()?;
    let schedules = match parts.next()?.strip_suffix(" schedules")? {
        "all" => None,
        number => Some(number.parse().ok()?),
    };
    let seconds = parts.next()?.strip_suffix(" s")?.parse().ok()?;
    let depth = match parts.next() {
        None => Depth::Whole,
        Some("first finding") => Depth::FirstFinding,
        Some(_) => return None,
    };
    Some(Limits { seed, schedules, seconds, depth })
}

fn records(dir: &Path) -> Result<BTreeMap<Place, Record>> {
    let mut records = BTreeMap::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.with_context(|| format!("could not read {}", dir.display()))?;
        if entry.file_type().is_file() {
            let bytes = fs::read(entry.path())?;
            let record = Record::read(&bytes)
                .with_context(|| format!("{} is not a record", entry.path().display()))?;
            records.insert(record.place(), record);
        }
    }
    Ok(records)
}

/// Compares the records at `new` with those of the grading, and puts the tables that follow from them beside.
///
/// # Errors
/// If a record is missing, or something can't be understood.
pub fn compare(course: &Course, folder: &Folder, new: &Path) -> Result<Proof> {
    let (old, new_records) = (records(&folder.verdicts())?, records(new)?);
    let mut proof = Proof::default();
    for (place, old) in &old {
        let Some(new) = new_records.get(place) else { continue };
        let (before, after) = (serde_json::to_value(old)?, serde_json::to_value(new)?);
        if before == after {
            proof.same += 1;
        } else if serde_json::to_value(&old.outcome)? == serde_json::to_value(&new.outcome)? {
            proof.otherwise_made += 1;
        } else {
            let line =
                format!("{} {}: {} → {}", place.id, place.exercise, said(&old.outcome), said(&new.outcome));
            proof.changed.push(line);
        }
    }
    let kept: BTreeMap<&str, Vec<u8>> = ["marks.csv", "results.jsonl"]
        .into_iter()
        .filter_map(|name| Some((name, fs::read(folder.0.join(name)).ok()?)))
        .collect();
    // In the place of the old ones, so that the tables are made of them in the same way.
    let aside = folder.0.join("verdicts.old");
    fs::rename(folder.verdicts(), &aside).context("could not set the old records aside")?;
    fs::rename(new, folder.verdicts()).context("could not take the new records")?;
    let graded = Graded::read(course, &folder.0)?;
    tables::marks(&graded)?;
    tables::results(&graded)?;
    for (name, bytes) in kept {
        if fs::read(folder.0.join(name)).ok() != Some(bytes) {
            proof.files.push(name.to_owned());
        }
    }
    Ok(proof)
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Judged { clauses } => {
            let parts: Vec<String> = clauses
                .iter()
                .map(|(number, clause)| format!("{number} {}", super::pages::words(clause).1))
                .collect();
            parts.join(", ")
        }
        Outcome::Refused { finding } => finding.kind.to_string(),
        Outcome::NotSubmitted => "not handed in".to_owned(),
        Outcome::Undecided { reason } => format!("undecided ({reason})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_a_record_are_read_back() {
        assert_eq!(
            parse("seed 1, all schedules, 60 s"),
            Some(Limits { seed: 1, schedules: None, seconds: 60, depth: Depth::Whole })
        );
        assert_eq!(
            parse("seed 9, 50 schedules, 5 s, first finding"),
            Some(Limits { seed: 9, schedules: Some(50), seconds: 5, depth: Depth::FirstFinding })
        );
        assert_eq!(parse("soon"), None);
    }
}
