//! The one submission of a platform's job: judged as those of a class are, by the same code, and its result in lines that every
//! platform can show.

use super::archive;
use super::assignment::{Assignment, Part, Worth};
use super::bench::Bench;
use super::freeze;
use super::graded::Graded;
use super::intake::Source;
use super::late::Late;
use super::lms::Key;
use super::marks::{Mark, State, rounded};
use super::pages::{plain, words};
use super::people::People;
use super::plan::Folder;
use super::record::{Clause, Outcome, Record};
use super::roster::Roster;
use super::rules::{Given, Rules};
use super::told::told;
use crate::course::{Course, Exercise};
use crate::files::read_text;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The learner, whoever it is: the platform knows.
const LEARNER: &str = "learner";

/// One submission, and what decides about it.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The folder that the platform has put it in.
    pub submission: &'a Path,
    pub assignment: Option<&'a Path>,
    /// When it was handed in.
    pub submitted: Option<Late>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub exercises: Vec<OfExercise>,
    /// Why there is no result: it is ours to sort out, and no mark.
    pub undecided: Vec<String>,
    /// Files that belong to no exercise.
    pub strays: Vec<String>,
}

/// What came of one exercise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfExercise {
    pub name: String,
    /// Before anything is taken off.
    pub raw: f64,
    pub penalty: f64,
    pub max: f64,
    pub reason: String,
    pub lines: Vec<Line>,
}

/// One line of a result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub name: String,
    /// As `2.1`: the second exercise, its first clause.
    pub number: String,
    /// What it earns, and of how much; `None` where other lines have the points.
    pub points: Option<(f64, f64)>,
    pub is_kept: bool,
    pub text: String,
}

impl Told {
    pub fn raw(&self) -> f64 {
        rounded(self.exercises.iter().map(|it| it.raw).sum())
    }

    pub fn penalty(&self) -> f64 {
        rounded(self.exercises.iter().map(|it| it.penalty).sum())
    }

    pub fn max(&self) -> f64 {
        rounded(self.exercises.iter().map(|it| it.max).sum())
    }

    /// Whether every clause of every exercise was kept.
    pub fn is_perfect(&self) -> bool {
        self.exercises.iter().flat_map(|it| &it.lines).all(|line| line.is_kept)
    }
}

/// The lines of an assignment that say nothing on a platform: there people, times and more time are the platform's.
const NOT_HERE: [&str; 4] = ["roster", "submitted", "extensions", "layout"];

/// An assignment as it counts on a platform, and its text.
///
/// # Errors
/// If it can't be understood.
pub fn assignment(course: &Course, path: Option<&Path>) -> Result<(Assignment, String)> {
    let text = path.map(read_text).transpose()?.unwrap_or_default();
    let name = path.unwrap_or(Path::new("the assignment")).display();
    let is_field =
        |line: &str| line.split_once('=').is_some_and(|(field, _)| NOT_HERE.contains(&field.trim()));
    // Fields of the assignment itself stand before the first table.
    let mut in_table = false;
    let mut own = "layout = \"folders\"\n".to_owned();
    for line in text.lines() {
        in_table |= line.trim_start().starts_with('[');
        if in_table || !is_field(line) {
            own += line;
            own.push('\n');
        }
    }
    let assignment = Assignment::parse(&own).with_context(|| format!("{name} can't be understood"))?;
    if [&assignment.roster, &assignment.submitted, &assignment.extensions].iter().any(|file| file.is_some()) {
        bail!("{name}: write each of `roster`, `submitted` and `extensions` on a line of its own");
    }
    assignment.worth(course)?;
    Ok((assignment, own))
}

/// Judges the submission, in a folder that goes away.
///
/// # Errors
/// If the machine is not fit, or something can't be read or written.
pub fn judge(bench: &Bench<'_>, job: &Job<'_>) -> Result<Told> {
    let dir = tempfile::tempdir().context("there is no space for a temporary folder")?;
    let class = dir.path().join("class");
    let mut strays = copy(job.submission, &class.join(LEARNER))?;
    let folder = Folder(dir.path().join("grading"));
    let (assignment, text) = assignment(bench.course, job.assignment)?;
    let own = dir.path().join("assignment.toml");
    fs::write(&own, text).context("there is no space for the assignment")?;
    let mut submitted = BTreeMap::new();
    if let Some(moment) = &job.submitted {
        submitted.insert(Key(LEARNER.to_owned()), moment.clone());
    }
    let roster = Roster::default();
    let source = Source { from: &class, assignment: &assignment, roster: &roster, submitted: &submitted };
    let (_, intake) = freeze::make(bench.course, &folder, &source, None)?;
    strays.extend(intake.strays);
    let given = Given { assignment: Some(&own), ..Given::default() };
    Rules::adopt(&folder, &People::read(&folder)?, &given)?;
    bench.run(&folder.0)?;
    let graded = Graded::read(bench.course, &folder.0)?;
    Ok(Told { strays, ..of(bench.course, &graded)? })
}

/// Copies what could be a part of the submission; returns what is left out, each with its reason.
fn copy(from: &Path, to: &Path) -> Result<Vec<String>> {
    fs::create_dir_all(to).context("there is no space for a copy")?;
    // A learner of whom nothing came has a folder too.
    fs::write(to.join("handed-in.txt"), "").context("there is no space for a copy")?;
    let (entries, refused) = archive::open(from)?;
    for entry in entries {
        let path: PathBuf = to.join(&entry.path);
        fs::create_dir_all(path.parent().unwrap_or(to)).context("there is no space for a copy")?;
        fs::write(&path, &entry.bytes).context("there is no space for a copy")?;
    }
    Ok(refused.iter().map(ToString::to_string).collect())
}

fn of(course: &Course, graded: &Graded) -> Result<Told> {
    let mut told = Told::default();
    for (index, (mark, worth)) in graded.marks.iter().zip(&graded.worth).enumerate() {
        let exercise = course.exercise(&worth.exercise)?;
        if mark.state == State::Undecided {
            told.undecided.push(format!("{}: {}", worth.exercise, mark.reason));
            continue;
        }
        let record = graded.record(&mark.place)?;
        told.exercises.push(OfExercise {
            name: worth.exercise.clone(),
            raw: mark.raw.unwrap_or(0.0),
            penalty: mark.penalty.unwrap_or(0.0),
            max: worth.points,
            reason: mark.reason.clone(),
            lines: lines(course, graded, exercise, &record, (mark, worth), index + 1)?,
        });
    }
    Ok(told)
}

/// The lines of one exercise: one with its points, or one for each clause with that clause's.
fn lines(
    course: &Course,
    graded: &Graded,
    exercise: &Exercise,
    record: &Record,
    (mark, worth): (&Mark, &Worth),
    number: usize,
) -> Result<Vec<Line>> {
    let shows = &graded.rules.assignment.shows;
    let name = &worth.exercise;
    let whole = |is_kept: bool, text: String| Line {
        name: format!("{name}: {}", exercise.about.title),
        number: number.to_string(),
        points: Some((mark.raw.unwrap_or(0.0), worth.points)),
        is_kept,
        text,
    };
    let clauses = match &record.outcome {
        Outcome::Judged { clauses } => clauses,
        Outcome::Refused { finding } if shows.has(Part::Evidence) => {
            return Ok(vec![whole(
                false,
                format!("{}: {}", finding.kind, super::pages::cut(&finding.message)),
            )]);
        }
        Outcome::Refused { finding } => return Ok(vec![whole(false, finding.kind.to_string())]),
        Outcome::NotSubmitted | Outcome::Undecided { .. } => {
            let text =
                format!("Nothing was handed in for this exercise. The file should be {name}/src/lib.rs.");
            return Ok(vec![whole(false, text)]);
        }
    };
    let kept = |clause: &Clause| *clause == Clause::Kept;
    let all = clauses.iter().all(|(_, clause)| kept(clause));
    if !shows.has(Part::Clauses) {
        return Ok(vec![whole(all, told(shows, record, None))]);
    }
    let contract = exercise.contract(&course.root)?;
    let mut lines = Vec::new();
    if worth.weights.is_none() {
        let text = if all {
            "The program keeps all clauses."
        } else {
            "The points are only for a program that keeps all clauses."
        };
        lines.push(whole(all, text.to_owned()));
    }
    for (clause, state) in clauses {
        let promise = contract.get(*clause as usize - 1).map(|promise| title(promise)).unwrap_or_default();
        let weight = worth.weights.as_ref().map(|weights| weights.get(clause).copied().unwrap_or(0.0));
        let findings = told(shows, record, Some(*clause));
        let text = if kept(state) { "kept".to_owned() } else { format!("{}\n\n{findings}", words(state).1) };
        lines.push(Line {
            name: format!("{name}, clause {clause}: {promise}"),
            number: format!("{number}.{clause}"),
            points: weight.map(|weight| (if kept(state) { weight } else { 0.0 }, weight)),
            is_kept: kept(state),
            text: text.trim_end().to_owned(),
        });
    }
    Ok(lines)
}

/// What a clause is called: the bold words that it begins with, or its first sentence.
fn title(promise: &str) -> String {
    let bold = promise.strip_prefix("**").and_then(|rest| rest.split_once("**")).map(|(bold, _)| bold);
    let first = bold.or_else(|| promise.split_once(". ").map(|(first, _)| first)).unwrap_or(promise);
    plain(first).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_called_by_its_bold_words_or_by_its_first_sentence() {
        assert_eq!(title("**Capacity.** At most `capacity` jobs lie there."), "Capacity");
        assert_eq!(title("At most `capacity` jobs lie there. No more."), "At most capacity jobs lie there");
    }
}
