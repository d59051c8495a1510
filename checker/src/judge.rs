//! Judging a program: compile it, run its checks in a child, and put what was seen into a report.

pub mod child;
mod children;
mod clean;
pub mod compile;
mod decoys;
mod first_look;
mod forbidden;
mod lacking;
pub mod news;
mod output;
pub mod prebuilt;
mod real;
pub mod rustc;
mod scan;
pub mod slot;
pub mod tricks;

use crate::course::{Course, Exercise};
use crate::files::read_text;
use crate::judge::compile::Compiled;
use crate::judge::compile::Program;
use crate::judge::news::News;
use crate::judge::prebuilt::Base;
use crate::judge::rustc::Patience;
use crate::judge::rustc::Rendering;
use crate::legible::{is_acted_on, line};
use crate::process::cancel::Cancel;
use crate::verdict::{Check, Kind, Report, causes, names};
use anyhow::{Context, Result, bail};
use protocol::{Hunt, Play, Played, Request};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How thoroughly to judge.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    pub seed: u64,
    /// For each check; `None` for as many as its harness finds right.
    pub schedules: Option<u64>,
    /// For compiling and running one program.
    pub limit: Duration,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { seed: 1, schedules: None, limit: Duration::from_secs(60) }
    }
}

/// One child per processor, at most 8.
fn crew() -> usize {
    thread::available_parallelism().map_or(1, |processors| processors.get().min(8))
}

/// How much to find out about a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Detail {
    /// What the check program tells unasked.
    Verdict,
    /// The steps of the failing schedule too, for the first few findings.
    Steps,
}

/// More than this nobody reads in one go.
const FINDINGS_IN_DETAIL: usize = 3;

/// How to look for a first failure.
#[derive(Clone, Debug)]
pub struct Hunting {
    pub strategy: Hunt,
    /// The checks in which to look; `None` for all.
    pub only: Option<Vec<String>>,
    /// Of the first schedule.
    pub seed: u64,
    /// How many schedules of each check to try at most.
    pub schedules: u64,
}

pub struct Judge<'a> {
    pub course: &'a Course,
    pub base: &'a Base,
    pub rendering: Rendering,
    pub effort: Effort,
    pub detail: Detail,
    /// Whether to tell what a few schedules show before the verdict is made.
    pub looks_first: bool,
    pub cancel: Cancel,
    /// How many children may run checks of a program at once.
    pub children: usize,
}

impl<'a> Judge<'a> {
    /// A judge that finds out all there is, with as many children as there are processors.
    pub fn new(
        course: &'a Course,
        base: &'a Base,
        rendering: Rendering,
        effort: Effort,
        cancel: Cancel,
    ) -> Judge<'a> {
        let (detail, looks_first) = (Detail::Steps, false);
        Judge { course, base, rendering, effort, detail, looks_first, cancel, children: crew() }
    }
}

impl Judge<'_> {
    /// Judges `source`, relative to the course's root, as an answer to `exercise`; `tell` hears how it goes.
    ///
    /// # Errors
    /// If the trouble is not the learner's.
    pub fn judge(&self, exercise: &Exercise, source: &Path, tell: &mut dyn FnMut(News)) -> Result<Report> {
        tell(News::Compiling);
        let start = Instant::now();
        let millis = |start: Instant| start.elapsed().as_millis() as u64;
        match self.compile(exercise, source)? {
            Compiled::Refused(finding) => Ok(Report::refused(&exercise.name, finding, millis(start))),
            Compiled::Program(program) => {
                let hung = match self.looks_first {
                    true => self.look(&program, exercise, source, tell)?,
                    false => Vec::new(),
                };
                let mut checks = self.checks_but(&program, exercise, source, hung, tell)?;
                // A contract that can't be read leaves each finding where it was seen; the gate says so.
                causes::settle(&mut checks, &exercise.contract(&self.course.root).unwrap_or_default());
                if self.detail == Detail::Steps {
                    self.find_steps(&program, exercise, source, &mut checks)?;
                }
                let mut report = Report::of_checks(&exercise.name, checks, millis(start));
                report.warnings = program.warnings;
                report.notes.extend(program.note.map(str::to_owned));
                Ok(report)
            }
        }
    }

    pub fn compile(&self, exercise: &Exercise, source: &Path) -> Result<Compiled> {
        let root = &self.course.root;
        let checks = root.join(exercise.checks());
        if !checks.is_file() {
            bail!(
                "{} has no checks, so it can't be judged\n\
                 write them in {}, or restore that file with git",
                exercise.name,
                exercise.checks().display()
            );
        }
        // Read here, because what rustc says of a file that is no text is not of much help.
        readable(&root.join(source))?;
        let patience = Patience { limit: self.effort.limit, cancel: &self.cancel, jail: None };
        compile::compile(root, self.base, exercise, source, self.rendering, &patience)
    }

    /// Runs all checks of a compiled program.
    pub fn checks(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        tell: &mut dyn FnMut(News),
    ) -> Result<Vec<Check>> {
        self.checks_but(program, exercise, source, Vec::new(), tell)
    }

    /// As [`Self::checks`]; those that are known to hang are not run again.
    fn checks_but(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        hung: Vec<Check>,
        tell: &mut dyn FnMut(News),
    ) -> Result<Vec<Check>> {
        let request = self.request(program, exercise, source)?;
        let checks = match self.children {
            1 if hung.is_empty() => child::run(&program.executable, &request, &self.cancel, tell)?,
            many => children::run(&program.executable, &request, &self.cancel, many, hung, tell)?,
        };
        if checks.is_empty() {
            bail!("{} contains no check; add one for each clause", exercise.checks().display());
        }
        Ok(checks)
    }

    /// Finds the steps of the runs that are shown.
    ///
    /// # Errors
    /// If the trouble is not the learner's.
    pub fn find_steps(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        checks: &mut [Check],
    ) -> Result<()> {
        let shown = causes::of(checks).into_iter().map(|cause| cause.shown);
        let explained = |index: &usize| checks[*index].kind() != Some(Kind::Unfinished);
        let shown: Vec<usize> = shown.filter(explained).take(FINDINGS_IN_DETAIL).collect();
        for index in shown {
            let check = &mut checks[index];
            let Some(finding) = &mut check.finding else { continue };
            let Some(seed) = finding.seed else { continue };
            let again = self.run_again(program, exercise, source, &check.name, seed)?;
            // Steps of something else would explain nothing.
            let again =
                again.and_then(|check| check.finding).filter(|again| again.topic() == finding.topic());
            if let Some(again) = again {
                finding.schedule = again.schedule;
            }
        }
        self.name_objects(checks);
        Ok(())
    }

    /// Calls the objects what the source calls them.
    fn name_objects(&self, checks: &mut [Check]) {
        names::give(checks, &self.lines());
    }

    /// Reads lines of the workbook's files, each file once.
    fn lines(&self) -> impl Fn(&str, u32) -> Option<String> {
        let texts: RefCell<BTreeMap<String, Vec<String>>> = RefCell::default();
        move |file, line| {
            let mut texts = texts.borrow_mut();
            let lines = texts.entry(file.to_owned()).or_insert_with(|| {
                // In a file that can't be read nothing has a name.
                let text = read_text(&self.course.root.join(file)).unwrap_or_default();
                text.lines().map(str::to_owned).collect()
            });
            lines.get((line as usize).checked_sub(1)?).cloned()
        }
    }

    /// Runs the one schedule of `check` that `seed` stands for, with every step of it in the finding.
    ///
    /// Returns `None` if there is no such check.
    pub fn replay(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        check: &str,
        seed: u64,
    ) -> Result<Option<Check>> {
        let mut again = self.run_again(program, exercise, source, check, seed)?;
        self.name_objects(again.as_mut_slice());
        Ok(again)
    }

    fn run_again(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        check: &str,
        seed: u64,
    ) -> Result<Option<Check>> {
        let only = Some(vec![check.to_owned()]);
        let request = Request {
            seed,
            schedules: Some(1),
            only,
            trace: true,
            draw: None,
            ..self.request(program, exercise, source)?
        };
        Ok(child::run(&program.executable, &request, &self.cancel, &mut |_| {})?
            .into_iter()
            .find(|done| done.name == check))
    }

    /// Goes through the schedules of the failing case that `seed` stands for, as `play` says.
    ///
    /// Returns `None` if there is no such check, or it does not fail with this seed.
    pub fn play(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        check: &str,
        seed: u64,
        play: Play,
    ) -> Result<Option<Played>> {
        let request = Request {
            seed,
            schedules: Some(1),
            only: Some(vec![check.to_owned()]),
            play: Some(play),
            draw: None,
            ..self.request(program, exercise, source)?
        };
        let mut seen = None;
        let tell = &mut |news| {
            if let News::Played(played) = news {
                seen = Some(*played);
            }
        };
        child::run(&program.executable, &request, &self.cancel, tell)?;
        if let Some(played) = &mut seen {
            let names = names::of(&played.steps, &self.lines());
            for standing in played.points.iter_mut().flat_map(|point| &mut point.standing) {
                let object = standing.object.take().filter(|_| names::has_object(&standing.op));
                standing.object = object.and_then(|object| names.get(&object).cloned());
            }
        }
        Ok(seen)
    }

    /// Looks for a first failure, and for nothing else.
    pub fn hunt(
        &self,
        program: &Program,
        exercise: &Exercise,
        source: &Path,
        hunting: Hunting,
    ) -> Result<Vec<Check>> {
        let Hunting { strategy, only, seed, schedules } = hunting;
        let (hunt, schedules) = (Some(strategy), Some(schedules));
        let request =
            Request { seed, schedules, only, hunt, draw: None, ..self.request(program, exercise, source)? };
        child::run(&program.executable, &request, &self.cancel, &mut |_| {})
    }

    fn request(&self, program: &Program, exercise: &Exercise, source: &Path) -> Result<Request> {
        Ok(Request {
            nonce: child::nonce()?,
            seed: self.effort.seed,
            schedules: self.effort.schedules,
            only: None,
            trace: false,
            hunt: None,
            enumerable: program.enumerable,
            source: source.to_owned(),
            snapshots: self.course.root.join(exercise.snapshots()),
            timeout_ms: self.effort.limit.as_millis() as u64,
            draw: Some(child::draw()?),
            play: None,
            resume: None,
        })
    }
}

/// A `--source` argument as rustc is to be given it: relative to `root` if it is in there.
///
/// # Errors
/// If there is no such file, or it is not text.
pub fn source_file(root: &Path, file: &Path) -> Result<PathBuf> {
    let name = file.to_string_lossy();
    if name.contains(is_acted_on) {
        bail!(
            "a file has the name {}; give it a name without line breaks or control characters",
            line(&name)
        );
    }
    readable(file)?;
    let absolute = file.canonicalize().with_context(|| format!("could not find {}", file.display()))?;
    let root = root.canonicalize()?;
    Ok(absolute.strip_prefix(root).map(Path::to_owned).unwrap_or(absolute))
}

fn readable(file: &Path) -> Result<()> {
    if file.is_dir() {
        bail!("{} is a folder; name a Rust file in it to judge", file.display());
    }
    if !file.exists() {
        bail!("there is no file {}; is the path right?", file.display());
    }
    read_text(file).map(drop)
}
