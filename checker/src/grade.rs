//! Grading a class in three steps on disk: what was handed in, verdicts, marks. Nobody's name is in any file but one.

mod archive;
mod assignment;
mod bench;
mod bundle;
mod class;
mod depth;
mod exports;
mod findings;
mod freeze;
mod graded;
mod html;
mod intake;
mod jobs;
mod junit;
mod late;
mod likeness;
mod lms;
mod made;
mod marks;
mod merge;
mod one;
mod pack;
mod pages;
mod people;
mod plan;
mod platforms;
mod policy;
mod proof;
mod record;
mod regrade;
mod requests;
mod roster;
mod rules;
mod run;
mod shards;
mod sheet;
mod similar;
mod tables;
mod told;
mod unfit;

pub use bench::Bench;
pub use depth::Depth;
pub use merge::Merged;
pub use one::Told;
pub use pack::pack;
pub use platforms::Platform;
pub use requests::State as Answer;
pub use rules::Given;
pub use run::Ran;
pub use shards::Wanted;
pub use unfit::Unfit;

use crate::course::Course;
use crate::files::replace;
use crate::judge::Effort;
use crate::show::style::counted;
use anyhow::{Context, Result, bail};
use assignment::Assignment;
use graded::Graded;
use intake::Source;
use likeness::Likeness;
use marks::{ByHand, Mark};
use people::People;
use plan::{Folder, Taken};
use requests::Requests;
use roster::Roster;
use rules::Rules;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a class is taken in from.
#[derive(Clone, Copy, Debug)]
pub struct Class<'a> {
    /// A folder, or the archive of an LMS.
    pub from: &'a Path,
    pub roster: Option<&'a Path>,
    pub submitted: Option<&'a Path>,
    /// Into how many parts to cut it; as before where it is not said.
    pub shards: Option<u32>,
}

/// Takes in what was handed in, and keeps what was given with it; returns what to tell of it.
///
/// # Errors
/// If there is nothing to take in, or something given can't be understood.
pub fn plan(course: &Course, out: &Path, class: &Class<'_>, given: &Given<'_>) -> Result<Vec<String>> {
    let folder = Folder(out.to_owned());
    let assignment = match given.assignment {
        Some(path) => Assignment::read(path)?,
        None => Rules::read(&folder)?.assignment,
    };
    // The copy that is kept with the grading does not know where these files are.
    let beside = |file: &'_ Option<PathBuf>| file.clone().filter(|_| given.assignment.is_some());
    let roster = class.roster.map(Path::to_owned).or_else(|| beside(&assignment.roster));
    let roster = roster.as_deref().map(Roster::read).transpose()?.unwrap_or_default();
    let submitted = class.submitted.map(Path::to_owned).or_else(|| beside(&assignment.submitted));
    let submitted = submitted.as_deref().map(roster::submitted).transpose()?.unwrap_or_default();
    let source = Source { from: class.from, assignment: &assignment, roster: &roster, submitted: &submitted };
    let (plan, intake) = freeze::make(course, &folder, &source, class.shards)?;
    Rules::adopt(&folder, &People::read(&folder)?, given)?;
    let count = |wanted: fn(&Taken) -> bool| plan.jobs().filter(|(.., taken)| wanted(taken)).count();
    let mut said = vec![format!(
        "{}, {}: {} accepted, {} not handed in, {} to look at",
        counted(plan.submissions.len() as u64, "submission", "submissions"),
        counted(plan.exercises.len() as u64, "exercise", "exercises"),
        counted(count(|taken| matches!(taken, Taken::Frozen { .. })) as u64, "program", "programs"),
        count(|taken| matches!(taken, Taken::NotSubmitted)),
        count(|taken| matches!(taken, Taken::Refused { .. })),
    )];
    said.extend(to_look_at(&plan));
    said.extend(intake.strays.iter().map(|stray| format!("left out: {stray}")));
    if plan.shards > 1 {
        said.push(format!(
            "{} shards: `cargo checker grade run --shard 0/{0}` judges the first",
            plan.shards
        ));
    }
    Ok(said)
}

/// What a person has to look at, with the reason: what has one reason in several exercises is told once.
fn to_look_at(plan: &plan::Plan) -> Vec<String> {
    let mut by_reason: Vec<(plan::Place, &str, usize)> = Vec::new();
    for (place, _, taken) in plan.jobs() {
        let Taken::Refused { reason } = taken else { continue };
        match by_reason.last_mut() {
            Some((first, why, count))
                if (&first.id, first.attempt) == (&place.id, place.attempt) && *why == reason =>
            {
                *count += 1;
            }
            _ => by_reason.push((place, reason, 1)),
        }
    }
    let told = by_reason.into_iter().map(|(place, reason, count)| match count {
        1 => format!("{} · {}: {reason}", place.id, place.exercise),
        _ => format!("{} · {} and {} more: {reason}", place.id, place.exercise, count - 1),
    });
    told.collect()
}

/// The one submission of a platform's job.
#[derive(Clone, Copy, Debug)]
pub struct One<'a> {
    pub platform: Platform,
    pub submission: &'a Path,
    /// The file that tells when it was handed in.
    pub metadata: Option<&'a Path>,
    pub assignment: Option<&'a Path>,
    /// Where the platform reads the result.
    pub result: &'a Path,
}

/// Judges the one submission of a platform's job, and writes its result; without a verdict there is none. Returns what came of it.
///
/// # Errors
/// If the machine is not fit ([`Unfit`]), or something can't be read or written.
pub fn one(bench: &Bench<'_>, one: &One<'_>) -> Result<Told> {
    let submitted = one.metadata.map(platforms::submitted).transpose()?;
    let job = one::Job { submission: one.submission, assignment: one.assignment, submitted };
    let told = one::judge(bench, &job)?;
    if told.undecided.is_empty() {
        let text = platforms::written(one.platform, &told, |name| std::env::var(name).ok())?;
        replace(one.result, text.as_bytes())?;
    }
    Ok(told)
}

/// Writes the jobs that judge the shards on many machines, each with `options`; returns what to tell.
///
/// # Errors
/// If there are no shards, or something can't be written.
pub fn jobs(course: &Course, out: &Path, options: &[String]) -> Result<Vec<String>> {
    jobs::write(course, &Folder(out.to_owned()), options)
}

/// Puts the records of all shards together; returns whether it could, how many are undecided, and what to tell.
///
/// # Errors
/// If there are no shards, or something can't be read or written.
pub fn merge(out: &Path) -> Result<Merged> {
    merge::merge(&Folder(out.to_owned()))
}

/// A grading that was unpacked from an archive.
pub struct Unpacked {
    dir: tempfile::TempDir,
    about: bundle::About,
    limits: proof::Limits,
}

/// Unpacks an archive of a grading into a folder of its own, which goes with what is returned.
///
/// # Errors
/// If it is none, or a file in it is not what it was.
pub fn unpack(archive: &Path) -> Result<Unpacked> {
    let dir = tempfile::tempdir().context("there is no space for a temporary folder")?;
    let about = bundle::unpack(archive, dir.path())?;
    let limits = proof::limits(&Folder(dir.path().join(bundle::GRADING)))?;
    Ok(Unpacked { dir, about, limits })
}

impl Unpacked {
    pub fn course(&self) -> PathBuf {
        self.dir.path().join(bundle::COURSE)
    }

    /// How its records were made.
    pub fn effort(&self) -> Effort {
        let limit = Duration::from_secs(self.limits.seconds);
        Effort { seed: self.limits.seed, schedules: self.limits.schedules, limit }
    }

    /// How far its programs were judged.
    pub fn depth(&self) -> Depth {
        self.limits.depth
    }

    /// Judges all of it again with what is on `bench`; returns whether it came out the same, and what to tell.
    ///
    /// # Errors
    /// If the machine is not fit, or something can't be read.
    pub fn prove(&self, bench: &Bench<'_>) -> Result<(bool, Vec<String>)> {
        let folder = Folder(self.dir.path().join(bundle::GRADING));
        let new = self.dir.path().join("verdicts");
        bench.judge_anew(&folder, new.clone())?;
        let proof = proof::compare(bench.course, &folder, &new)?;
        let mut said = vec![
            format!("made with {}", self.about.toolchains.join(" and ")),
            format!("records with the same bytes: {}", proof.same),
            format!("records with the same verdict, made by other tools: {}", proof.otherwise_made),
            format!("records with another verdict: {}", proof.changed.len()),
        ];
        said.extend(proof.changed.iter().cloned());
        said.extend(proof.files.iter().map(|name| format!("{name} differs")));
        Ok((proof.holds(), said))
    }
}

/// Packs a grading with the course that judged it; returns what to tell.
///
/// # Errors
/// If a verdict is missing, the crates can't be had, or the disk says no.
pub fn archive(course: &Course, out: &Path, to: &Path, vendor: bool, people: bool) -> Result<String> {
    let contents = bundle::Contents { to, vendor, people };
    let files = bundle::write(course, &Folder(out.to_owned()), &contents)?;
    let named = if people { "it contains people.json, with keys and names" } else { "it contains no names" };
    Ok(format!("wrote {} with {files} files; {named}", to.display()))
}

/// Applies a regrading as a whole, and makes the marks anew. Returns where the old verdicts are kept.
///
/// # Errors
/// If there is none, or the disk says no.
pub fn apply(course: &Course, out: &Path) -> Result<PathBuf> {
    let kept = regrade::apply(course, &Folder(out.to_owned()))?;
    marks(course, out, &Given::default())?;
    Ok(kept)
}

/// Forgets a regrading that was not applied.
///
/// # Errors
/// If there is none, or the disk says no.
pub fn cancel(out: &Path) -> Result<()> {
    regrade::cancel(&Folder(out.to_owned()))
}

/// Writes `marks.csv` and `results.jsonl`.
///
/// # Errors
/// If a verdict is missing or a file can't be written.
pub fn marks(course: &Course, out: &Path, given: &Given<'_>) -> Result<Vec<PathBuf>> {
    let folder = Folder(out.to_owned());
    Rules::adopt(&folder, &People::read(&folder)?, given)?;
    let graded = Graded::read(course, out)?;
    Ok(vec![tables::marks(&graded)?, tables::results(&graded)?])
}

/// Writes the pages; returns that of the class.
///
/// # Errors
/// If a verdict is missing or a file can't be written.
pub fn report(course: &Course, out: &Path) -> Result<PathBuf> {
    let graded = Graded::read(course, out)?;
    let requests = Requests::read(&graded.folder)?;
    for member in graded.people.members() {
        pages::learner(course, &graded, &requests, member)?;
    }
    let likeness = Likeness::of(course, &graded.folder, &graded.plan)?;
    class::page(course, &graded, &requests, &likeness)
}

/// One person's verdicts and marks in words.
///
/// # Errors
/// If there is no such person.
pub fn show(course: &Course, out: &Path, who: &str) -> Result<String> {
    let graded = Graded::read(course, out)?;
    let member = graded.people.member(who)?;
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(text, "{}: {} {}", member.id, member.key, member.name);
    for mark in graded.marks_of(&member.id) {
        let points = match mark.r#final {
            Some(points) => format!("{points:.2} of {:.2}", mark.max),
            None => "no mark".to_owned(),
        };
        let attempt =
            if mark.place.attempt > 1 { format!(", attempt {}", mark.place.attempt) } else { String::new() };
        let _ = writeln!(
            text,
            "{}: {}, {points}{attempt}. {}",
            mark.place.exercise,
            mark.state.name(),
            mark.reason
        );
    }
    for request in Requests::read(&graded.folder)?.of(&member.id) {
        let _ = writeln!(text, "{}", in_words(request));
    }
    Ok(text)
}

/// Sets a mark by hand, or takes it away with `points` as `None`; returns what the mark is now.
///
/// # Errors
/// If there is no such person or exercise, or the points can't be given.
pub fn set(
    course: &Course,
    out: &Path,
    who: &str,
    exercise: &str,
    points: Option<(f64, &str)>,
) -> Result<String> {
    let mut graded = Graded::read(course, out)?;
    let id = graded.people.member(who)?.id.clone();
    let worth = graded.worth.iter().find(|worth| worth.exercise == exercise);
    let worth = worth.with_context(|| format!("`{exercise}` is not an exercise of this assignment"))?;
    if let Some((points, _)) = points
        && !(0.0..=worth.points).contains(&points)
    {
        bail!("{exercise} is worth {}; {points} points can't be given for it", worth.points);
    }
    let mark = points.map(|(points, reason)| ByHand {
        id: id.clone(),
        exercise: exercise.to_owned(),
        points,
        reason: reason.to_owned(),
    });
    graded.rules.set(&graded.folder, &id, exercise, mark)?;
    marks(course, out, &Given::default())?;
    let graded = Graded::read(course, out)?;
    let mark: Option<&Mark> = graded.marks_of(&id).find(|mark| mark.place.exercise == exercise);
    Ok(mark.map_or_else(String::new, |mark| {
        format!("{id} {exercise}: {} ({})", tables::number(mark.r#final), mark.reason)
    }))
}

/// Notes a request; returns its number.
///
/// # Errors
/// If there is no such person or exercise, or one about it is open.
pub fn ask(course: &Course, out: &Path, who: &str, exercise: &str, reason: &str) -> Result<u32> {
    let graded = Graded::read(course, out)?;
    let id = graded.people.member(who)?.id.clone();
    if !graded.worth.iter().any(|worth| worth.exercise == exercise) {
        bail!("`{exercise}` is not an exercise of this assignment");
    }
    Requests::read(&graded.folder)?.add(&id, exercise, reason)
}

/// Answers a request; returns it in words.
///
/// # Errors
/// If there is none with this number.
pub fn answer(out: &Path, number: u32, state: Answer, text: &str) -> Result<String> {
    let mut requests = Requests::read(&Folder(out.to_owned()))?;
    requests.answer(number, state, text).map(in_words)
}

/// All requests in words.
///
/// # Errors
/// If they can't be read.
pub fn requests(out: &Path) -> Result<Vec<String>> {
    Ok(Requests::read(&Folder(out.to_owned()))?.all.iter().map(in_words).collect())
}

fn in_words(request: &requests::Request) -> String {
    let answer = if request.answer.is_empty() { String::new() } else { format!(" – {}", request.answer) };
    format!(
        "request {}, {}: {} {}: {}{answer}",
        request.number,
        request.state.name(),
        request.id,
        request.exercise,
        request.reason
    )
}

/// What a grading can be written as, for somebody else to read.
#[derive(Clone, Copy, Debug)]
pub enum Export<'a> {
    Canvas { sheet: &'a Path, column: &'a str },
    Moodle { sheet: &'a Path },
    Junit,
    Class,
    Similarity,
}

/// Writes a file for another tool; returns what to tell of it.
///
/// # Errors
/// If a verdict is missing, a sheet is not the LMS's, or a file can't be written.
pub fn export(course: &Course, out: &Path, format: Export<'_>) -> Result<String> {
    let graded = Graded::read(course, out)?;
    match format {
        Export::Canvas { sheet, column } => exports::canvas(&graded, sheet, column),
        Export::Moodle { sheet } => exports::moodle(&graded, sheet),
        Export::Junit => exports::junit(&graded),
        Export::Class => {
            let path = tables::class(&graded, &graded.people)?;
            Ok(format!("wrote {}, which contains names; keep it where only you can read it", path.display()))
        }
        Export::Similarity => {
            let said = Likeness::of(course, &graded.folder, &graded.plan)?.write(&graded.folder)?;
            Ok(format!("{said}\n{}", likeness::export(course, &graded)?))
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
