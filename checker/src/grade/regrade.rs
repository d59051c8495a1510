//! Grading again after the checks, the solutions or the toolchain have changed: first what would change, then all of it at once.
//! What was there is kept, and no mark that was set by hand is touched.

use super::graded::Graded;
use super::marks::{Mark, State};
use super::people::write_table;
use super::plan::{Folder, Place};
use super::record::{Clause, Outcome};
use crate::course::Course;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// What would become of one mark.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    pub id: String,
    pub exercise: String,
    pub before: Option<f64>,
    pub after: Option<f64>,
    pub what: What,
    /// The clauses and checks by which it changes.
    pub by: String,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Up,
    Down,
    /// The same mark for another reason.
    Same,
    /// It was undecided, and has a mark now.
    Decided,
    /// It would be undecided: the old verdict stays.
    Stays,
    /// Set by hand: it stays.
    ByHand,
}

/// Where the new verdicts wait.
pub fn proposed(folder: &Folder) -> PathBuf {
    folder.regrade().join("verdicts")
}

/// What the new verdicts would change; also written to `regrade/changes.csv`.
///
/// # Errors
/// If a verdict is missing, or something can't be understood.
pub fn changes(course: &Course, folder: &Folder) -> Result<Vec<Change>> {
    let before = Graded::read(course, &folder.0)?;
    let after = Graded::with_verdicts(course, folder.clone(), &proposed(folder))?;
    let mut changes = Vec::new();
    let new: BTreeMap<(&str, &str), &Mark> =
        after.marks.iter().map(|mark| ((mark.id.as_str(), mark.place.exercise.as_str()), mark)).collect();
    for old in &before.marks {
        let Some(new) = new.get(&(old.id.as_str(), old.place.exercise.as_str())) else { continue };
        let by = reasons(&before, &old.place, &after, &new.place);
        if by.is_empty() && old.r#final == new.r#final {
            continue;
        }
        changes.push(Change {
            id: old.id.clone(),
            exercise: old.place.exercise.clone(),
            before: old.r#final,
            after: new.r#final,
            what: what(old, new),
            by,
        });
    }
    changes.sort_by(|a, b| (a.what, &a.id, &a.exercise).cmp(&(b.what, &b.id, &b.exercise)));
    write_table(&folder.regrade().join("changes.csv"), &changes)?;
    Ok(changes)
}

fn what(old: &Mark, new: &Mark) -> What {
    match (old.r#final, new.r#final) {
        _ if old.state == State::ByHand => What::ByHand,
        (_, None) if new.state == State::Undecided => What::Stays,
        (Some(before), Some(after)) if after > before => What::Up,
        (Some(before), Some(after)) if after < before => What::Down,
        (None, Some(_)) => What::Decided,
        _ => What::Same,
    }
}

/// The clauses that have another verdict, each with its check.
fn reasons(before: &Graded, old: &Place, after: &Graded, new: &Place) -> String {
    let outcome =
        |graded: &Graded, place: &Place| graded.verdicts.get(place).map(|verdict| said(&verdict.outcome));
    let (old, new) = (outcome(before, old).unwrap_or_default(), outcome(after, new).unwrap_or_default());
    let mut told = Vec::new();
    let all: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for part in all {
        let (was, is) =
            (old.get(part).map_or("-", String::as_str), new.get(part).map_or("-", String::as_str));
        if was != is {
            told.push(format!("{part}: {was} → {is}"));
        }
    }
    told.join("; ")
}

/// An outcome in words, by clause.
fn said(outcome: &Outcome) -> BTreeMap<String, String> {
    let whole = |word: String| BTreeMap::from([("program".to_owned(), word)]);
    match outcome {
        Outcome::Judged { clauses } => {
            let of = |(number, clause): &(u32, Clause)| {
                let word = match clause {
                    Clause::Kept => "kept".to_owned(),
                    Clause::Broken { kind, check, .. } => format!("{kind} ({check})"),
                    Clause::NotReached { because } => format!("not reached ({because})"),
                    Clause::NotJudged { because } => format!("not judged ({because})"),
                };
                (format!("clause {number}"), word)
            };
            clauses.iter().map(of).collect()
        }
        Outcome::Refused { finding } => whole(finding.kind.to_string()),
        Outcome::NotSubmitted => whole("not handed in".to_owned()),
        Outcome::Undecided { .. } => whole("undecided".to_owned()),
    }
}

/// Puts the new verdicts in the place of the old ones, except where the new one is undecided. The old ones are kept; returns
/// where.
///
/// # Errors
/// If there is nothing to apply, or the disk says no.
pub fn apply(course: &Course, folder: &Folder) -> Result<PathBuf> {
    recover(folder)?;
    let new = proposed(folder);
    if !new.is_dir() {
        bail!(
            "there is no regrading to apply; `cargo checker grade regrade --out {}` makes one",
            folder.0.display()
        );
    }
    // All of them, or none: what is missing is an error.
    let after = Graded::with_verdicts(course, folder.clone(), &new)?;
    for (place, verdict) in &after.verdicts {
        if matches!(verdict.outcome, Outcome::Undecided { .. }) {
            let (old, waiting) = (folder.verdicts().join(place.file()), new.join(place.file()));
            fs::copy(&old, &waiting).with_context(|| format!("could not copy {}", old.display()))?;
        }
    }
    // Attempts that did not count were not judged again: they go along as they are.
    for entry in walkdir::WalkDir::new(folder.verdicts()) {
        let entry = entry?;
        let name = entry.path().strip_prefix(folder.verdicts())?;
        if entry.file_type().is_file() && !new.join(name).exists() {
            let to = new.join(name);
            fs::create_dir_all(to.parent().unwrap_or(&to))?;
            fs::copy(entry.path(), &to)
                .with_context(|| format!("could not copy {}", entry.path().display()))?;
        }
    }
    let history = folder.0.join("history");
    let kept = (1..).map(|number: u32| history.join(number.to_string())).find(|dir| !dir.exists());
    let kept = kept.context("there are too many regradings")?;
    fs::create_dir_all(&kept).with_context(|| format!("could not make {}", kept.display()))?;
    let marks = folder.0.join("marks.csv");
    if marks.exists() {
        fs::copy(&marks, kept.join("marks.csv"))
            .with_context(|| format!("could not copy {}", marks.display()))?;
    }
    fs::rename(folder.verdicts(), kept.join("verdicts"))
        .with_context(|| format!("could not move {}", folder.verdicts().display()))?;
    recover(folder)?;
    fs::remove_dir_all(folder.regrade()).context("the applied regrading could not be removed")?;
    Ok(kept)
}

/// Ends an applying that was cut off between its two steps: the old verdicts are kept already, and the new ones wait.
///
/// # Errors
/// If the disk says no.
pub fn recover(folder: &Folder) -> Result<()> {
    let new = proposed(folder);
    if !folder.verdicts().exists() && new.is_dir() && folder.0.join("history").is_dir() {
        fs::rename(&new, folder.verdicts()).with_context(|| {
            format!(
                "could not make {}; the old verdicts are in {}/history",
                folder.verdicts().display(),
                folder.0.display()
            )
        })?;
    }
    Ok(())
}

/// Forgets the new verdicts.
///
/// # Errors
/// If there are none, or the disk says no.
pub fn cancel(folder: &Folder) -> Result<()> {
    if !folder.regrade().is_dir() {
        bail!("there is no regrading to cancel");
    }
    fs::remove_dir_all(folder.regrade()).context("the regrading could not be removed")
}
