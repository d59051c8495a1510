//! Grading a class in three steps on disk: what was handed in, verdicts, marks. Nobody's name is in any file but one.

mod archive;
mod assignment;
mod class;
mod html;
mod intake;
mod junit;
mod late;
mod lms;
mod marks;
mod pages;
mod plan;
mod policy;
mod record;
mod roster;
mod run;
mod sheet;
mod similar;
mod tables;
mod unfit;

pub use unfit::Unfit;

use crate::course::Course;
use crate::files::replace;
use crate::judge::Judge;
use anyhow::{Context, Result, bail};
use assignment::Assignment;
use lms::Key;
use marks::{Mark, State};
use plan::{Folder, People, Plan};
use policy::Extension;
use record::Record;
use roster::Roster;
use run::{Ran, Runner};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Takes in what was handed in at `from`; returns what to tell of it.
///
/// # Errors
/// If there is nothing to take in, or something given can't be understood.
pub fn plan(
    course: &Course,
    from: &Path,
    out: &Path,
    assignment: Option<&Path>,
    roster: Option<&Path>,
) -> Result<Vec<String>> {
    let assignment = assignment.map(Assignment::read).transpose()?.unwrap_or_default();
    let roster = roster.map(Roster::read).transpose()?.unwrap_or_default();
    let folder = Folder(out.to_owned());
    let (plan, intake) = plan::make(course, from, &folder, &assignment, &roster)?;
    let count = |wanted: fn(&plan::Taken) -> bool| plan.jobs().filter(|(_, _, taken)| wanted(taken)).count();
    let mut said = vec![format!(
        "{} submissions, {} exercises: {} programs taken in, {} not handed in, {} to look at",
        plan.submissions.len(),
        plan.exercises.len(),
        count(|taken| matches!(taken, plan::Taken::Frozen { .. })),
        count(|taken| matches!(taken, plan::Taken::NotSubmitted)),
        count(|taken| matches!(taken, plan::Taken::Refused { .. })),
    )];
    for (planned, exercise, taken) in plan.jobs() {
        if let plan::Taken::Refused { reason } = taken {
            said.push(format!("{} · {exercise}: {reason}", planned.id));
        }
    }
    said.extend(intake.strays.iter().map(|stray| format!("left out: {stray}")));
    Ok(said)
}

/// Judges what has no record yet.
///
/// # Errors
/// If the machine is not fit ([`Unfit`]), or something can't be read or written.
pub fn run(
    course: &Course,
    judge: &Judge<'_>,
    out: &Path,
    sandbox: &str,
    note: &dyn Fn(&str),
) -> Result<Ran> {
    let folder = Folder(out.to_owned());
    let plan = Plan::read(&folder)?;
    if plan.release != course.release() {
        note(&format!(
            "this course is release {}, and the submissions were taken in for {}; each record says which it was judged by",
            course.release(),
            plan.release
        ));
    }
    if let Some(pinned) = plan.assignment.release.as_ref().filter(|pinned| *pinned != course.release()) {
        bail!(
            "the assignment is for release {pinned} of the course, and this is {}; check that release out",
            course.release()
        );
    }
    let runner = Runner { judge, course, folder: &folder, plan: &plan, sandbox };
    let began = Instant::now();
    let mut said = 0;
    runner.run(&mut |done, of| {
        // Now and then, and with an estimate: whoever waits wants to know for how long.
        let tenth = done * 10 / of.max(1);
        if tenth > said || done == of {
            said = tenth;
            let left = began.elapsed().as_secs_f64() / done as f64 * (of - done) as f64;
            note(&format!("{done} of {of} judged, about {left:.0} s left"));
        }
    })
}

/// Everything that has been judged, in the order of the plan.
fn records(folder: &Folder, plan: &Plan) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for (planned, exercise, _) in plan.jobs() {
        let path = folder.record(&planned.id, exercise);
        let bytes = fs::read(&path).with_context(|| {
            format!("{} has no verdict on {exercise} yet; `cargo checker grade run` judges it", planned.id)
        })?;
        let record = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} can't be understood", path.display()))?;
        records.push(record);
    }
    Ok(records)
}

/// A grading that has been judged.
struct Graded {
    folder: Folder,
    plan: Plan,
    people: People,
    records: Vec<Record>,
    marks: Vec<Mark>,
}

/// Reads verdicts and makes marks of them by the policy.
fn graded(
    course: &Course,
    out: &Path,
    assignment: Option<&Path>,
    extensions: Option<&Path>,
) -> Result<Graded> {
    let folder = Folder(out.to_owned());
    let mut plan = Plan::read(&folder)?;
    if let Some(path) = assignment {
        plan.assignment = Assignment::read(path)?;
    }
    let people = People::read(&folder)?;
    let extensions = extensions.map(policy::extensions).transpose()?.unwrap_or_default();
    if let Some(key) = extensions.keys().find(|key| !people.people.iter().any(|it| it.members.contains(key)))
    {
        bail!("there is an extension for `{key}`, who has no submission and is not in the roster");
    }
    let records = records(&folder, &plan)?;
    let worth = plan.assignment.worth(course)?;
    let mut marks = Vec::new();
    for record in &records {
        let person = people.people.iter().find(|person| person.id == record.id);
        let granted = person.and_then(|person| person.members.iter().find_map(|key| extensions.get(key)));
        let none = Extension::default();
        let Some(worth) = worth.iter().find(|worth| worth.exercise == record.exercise) else { continue };
        marks.push(marks::mark(record, worth, &plan.assignment, granted.unwrap_or(&none))?);
    }
    Ok(Graded { folder, plan, people, records, marks })
}

/// Writes `marks.csv` and `results.jsonl`.
///
/// # Errors
/// If a verdict is missing or a file can't be written.
pub fn marks(
    course: &Course,
    out: &Path,
    assignment: Option<&Path>,
    extensions: Option<&Path>,
) -> Result<Vec<PathBuf>> {
    let graded = graded(course, out, assignment, extensions)?;
    Ok(vec![
        tables::marks(&graded.folder, &graded.people, &graded.marks)?,
        tables::results(&graded.folder, &graded.records)?,
    ])
}

/// Writes the pages; returns that of the class.
///
/// # Errors
/// If a verdict is missing or a file can't be written.
pub fn report(course: &Course, out: &Path, extensions: Option<&Path>) -> Result<PathBuf> {
    let graded = graded(course, out, None, extensions)?;
    for planned in &graded.plan.submissions {
        let records: Vec<&Record> = graded.records.iter().filter(|record| record.id == planned.id).collect();
        let marks: Vec<&Mark> = graded.marks.iter().filter(|mark| mark.id == planned.id).collect();
        pages::learner(course, &graded.folder, &planned.id, &records, &marks)?;
    }
    class::page(&graded.folder, &graded.plan.assignment.title, &graded.records, &graded.marks)
}

/// One submission in words.
///
/// # Errors
/// If there is no such submission.
pub fn show(course: &Course, out: &Path, id: &str) -> Result<String> {
    let graded = graded(course, out, None, None)?;
    let person = graded.people.people.iter().find(|person| person.id == id);
    let person = person.with_context(|| format!("there is no submission `{id}` in {}", out.display()))?;
    let mut text = String::new();
    let members: Vec<&str> = person.members.iter().map(|key| key.0.as_str()).collect();
    // Writing to a string can't fail.
    let _ = writeln!(text, "{id}: {} {}", members.join(", "), person.name);
    for mark in graded.marks.iter().filter(|mark| mark.id == id) {
        let points = match mark.r#final {
            Some(points) => format!("{points:.2} of {:.2}", mark.max),
            None => "no mark".to_owned(),
        };
        let _ = writeln!(text, "{}: {}, {points}. {}", mark.exercise, mark.state.name(), mark.reason);
    }
    Ok(text)
}

/// The marks as an LMS's sheet takes them: by key, summed over the exercises. Who has no mark for one of them has none.
fn entries(graded: &Graded) -> BTreeMap<Key, sheet::Entry> {
    let mut entries = BTreeMap::new();
    for person in &graded.people.people {
        let own: Vec<&Mark> = graded.marks.iter().filter(|mark| mark.id == person.id).collect();
        let points: Option<f64> = own.iter().map(|mark| mark.r#final).sum();
        let Some(points) = points.filter(|_| !own.is_empty()) else { continue };
        let said: Vec<String> = own
            .iter()
            .filter(|mark| !mark.reason.is_empty())
            .map(|mark| format!("{}: {}", mark.exercise, mark.reason))
            .collect();
        for member in &person.members {
            entries.insert(
                member.clone(),
                sheet::Entry { points: marks::rounded(points), comment: said.join("; ") },
            );
        }
    }
    entries
}

/// Fills in Canvas's gradebook.
///
/// # Errors
/// If the sheet is none of Canvas's, or a file can't be read or written.
pub fn canvas(
    course: &Course,
    out: &Path,
    sheet: &Path,
    column: &str,
    extensions: Option<&Path>,
) -> Result<String> {
    let graded = graded(course, out, None, extensions)?;
    let bytes = fs::read(sheet).with_context(|| format!("could not read {}", sheet.display()))?;
    let filled = sheet::canvas(&bytes, column, &entries(&graded))?;
    written(&graded, filled, "canvas.csv")
}

/// Fills in Moodle's worksheet.
///
/// # Errors
/// If the sheet is none of Moodle's, or a file can't be read or written.
pub fn moodle(course: &Course, out: &Path, sheet: &Path, extensions: Option<&Path>) -> Result<String> {
    let graded = graded(course, out, None, extensions)?;
    let bytes = fs::read(sheet).with_context(|| format!("could not read {}", sheet.display()))?;
    let filled = sheet::moodle(&bytes, &entries(&graded))?;
    written(&graded, filled, "moodle.csv")
}

fn written(graded: &Graded, filled: sheet::Filled, name: &str) -> Result<String> {
    let path = graded.folder.0.join(name);
    replace(&path, &filled.text)?;
    let without = graded.marks.iter().filter(|mark| mark.state != State::Marked).count();
    let mut said = format!(
        "wrote {}: {} rows filled in; {without} verdicts have no mark and were left as they are",
        path.display(),
        filled.filled
    );
    if !filled.absent.is_empty() {
        let names: Vec<String> = filled.absent.iter().map(ToString::to_string).collect();
        let _ = write!(said, "\nnot in the sheet: {}", names.join(", "));
    }
    Ok(said)
}

/// Writes a JUnit file for each exercise.
///
/// # Errors
/// If a verdict is missing or a file can't be written.
pub fn junit(out: &Path) -> Result<String> {
    let folder = Folder(out.to_owned());
    let plan = Plan::read(&folder)?;
    let records = records(&folder, &plan)?;
    let dir = folder.0.join("junit");
    fs::create_dir_all(&dir).with_context(|| format!("could not make {}", dir.display()))?;
    for exercise in &plan.exercises {
        let own: Vec<&Record> = records.iter().filter(|record| record.exercise == *exercise).collect();
        replace(&dir.join(format!("{exercise}.xml")), junit::report(exercise, &own)?.as_bytes())?;
    }
    Ok(format!("wrote {} files in {}", plan.exercises.len(), dir.display()))
}

/// Writes `similar.csv`: pairs of programs that a person should look at.
///
/// # Errors
/// If a program can't be read or the file can't be written.
pub fn similarity(course: &Course, out: &Path) -> Result<String> {
    let folder = Folder(out.to_owned());
    let plan = Plan::read(&folder)?;
    let mut pairs = Vec::new();
    for name in &plan.exercises {
        let exercise = course.exercise(name)?;
        let mut programs = Vec::new();
        for (planned, own, taken) in plan.jobs() {
            let source = folder.frozen(&planned.id, own).join("lib.rs");
            if own == name
                && matches!(taken, plan::Taken::Frozen { .. })
                && let Ok(program) =
                    similar::Program::read(&planned.id, &fs::read_to_string(&source).unwrap_or_default())
            {
                programs.push(program);
            }
        }
        let given = given(course, exercise);
        for (program, (of, known)) in
            programs.iter().flat_map(|it| given.iter().map(move |other| (it, other)))
        {
            if program.is_identical(known) && !of.is_empty() {
                pairs.push(similar::Pair {
                    exercise: name.clone(),
                    left: program.id.clone(),
                    right: of.clone(),
                    shared: 1.0,
                    identical: true,
                });
            }
        }
        let known: Vec<similar::Program> = given.into_iter().map(|(_, program)| program).collect();
        pairs.extend(similar::pairs(name, &programs, &known));
    }
    let mut table = csv::Writer::from_writer(Vec::new());
    for pair in &pairs {
        table.serialize(pair)?;
    }
    let path = folder.0.join("similar.csv");
    replace(&path, &table.into_inner().context("similar.csv could not be made")?)?;
    let alike = pairs.iter().filter(|pair| pair.identical).count();
    Ok(format!(
        "wrote {}: {} pairs have something in common, {alike} are the same but for layout. This is for a person to look at, and part of no mark.",
        path.display(),
        pairs.len()
    ))
}

/// What everybody was given: the stub, which nobody can be blamed for; and what was shipped, by name.
fn given(course: &Course, exercise: &crate::course::Exercise) -> Vec<(String, similar::Program)> {
    let mut given = Vec::new();
    for variant in crate::course::variant::of(&course.root, exercise).into_iter().flatten() {
        let text = fs::read_to_string(course.root.join(&variant.source)).unwrap_or_default();
        let name = if variant.source == exercise.source() {
            String::new()
        } else {
            variant.source.display().to_string()
        };
        if let Ok(program) = similar::Program::read(&name, &text) {
            given.push((name, program));
        }
    }
    given
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
