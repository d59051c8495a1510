//! How far a learner has come: the last verdict on each exercise, kept in `.workbook/progress.json`.

use crate::course::{Course, Exercise};
use crate::files::{free_name, replace};
use crate::learner::sources;
use crate::verdict::{Kind, Report, State};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const VERSION: u32 = 1;
/// Beside the course; ours alone, and not in git.
pub const FOLDER: &str = ".workbook";

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Progress {
    version: u32,
    exercises: BTreeMap<String, Record>,
    /// What a later checker has written there, kept as it is.
    #[serde(flatten)]
    other: Map<String, Value>,
    #[serde(skip)]
    path: PathBuf,
    /// A file that can't be understood is in the way, and could not be put aside.
    #[serde(skip)]
    frozen: bool,
}

/// What is known of one exercise.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Record {
    state: State,
    /// Of the source that was judged.
    source_hash: String,
    /// Of the contract and the checks that it was judged by; empty if an older checker wrote this.
    #[serde(default)]
    contract_hash: String,
    /// Whether it has ever passed.
    #[serde(default)]
    passed: bool,
    /// What its pass stands on: 0 if it has not passed.
    #[serde(default)]
    proven: Proof,
    /// What was found last.
    #[serde(default)]
    findings: Vec<Kind>,
    /// How many verdicts in a row have had the same first finding.
    #[serde(default)]
    in_a_row: u32,
    /// The hints that were opened before it passed.
    #[serde(default)]
    hints: BTreeSet<usize>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// What a pass stands on.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Proof {
    /// How many clauses were kept,
    pub clauses: u64,
    /// in how many schedules, and
    pub schedules: u64,
    /// in how many interleavings that were every one of a small input.
    pub interleavings: u64,
}

impl Proof {
    fn of(report: &Report) -> Proof {
        let clauses: BTreeSet<u32> = report.checks.iter().map(|check| check.clause).collect();
        let exhausted = report.checks.iter().filter_map(|check| check.exhausted.as_ref());
        Proof {
            clauses: clauses.len() as u64,
            schedules: report.schedules(),
            interleavings: exhausted.map(|all| all.interleavings).sum(),
        }
    }
}

/// How much of the course is done.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    pub passed: usize,
    pub exercises: usize,
    pub points: u32,
    pub all_points: u32,
}

impl Progress {
    /// Reads what was kept. A file that can't be understood is put aside; then the second value says so.
    pub fn read(root: &Path) -> Result<(Progress, Option<String>)> {
        let path = root.join(FOLDER).join("progress.json");
        let new = || Progress {
            version: VERSION,
            exercises: BTreeMap::new(),
            other: Map::new(),
            path: path.clone(),
            frozen: false,
        };
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok((new(), None));
            }
            Err(error) => return Err(error).with_context(|| format!("could not read {}", path.display())),
        };
        if let Some(progress) = Progress::parse(&bytes) {
            return Ok((Progress { path, ..progress }, None));
        }
        let aside = free_name(&path, "kept");
        let what = format!("{} can't be understood (cut short, or from another version)", path.display());
        Ok(match fs::rename(&path, &aside) {
            Ok(()) => {
                let kept = format!(
                    "{what}; it is kept as {}, and your progress starts from nothing. Your source files have not \
                     changed.",
                    aside.display()
                );
                (new(), Some(kept))
            }
            Err(error) => {
                let left = format!(
                    "{what}, and can't be moved away ({error}); it stays as it is, and your progress is not kept"
                );
                (Progress { frozen: true, ..new() }, Some(left))
            }
        })
    }

    pub fn parse(bytes: &[u8]) -> Option<Progress> {
        serde_json::from_slice::<Progress>(bytes).ok().filter(|progress| progress.version == VERSION)
    }

    /// Whether nothing has been judged yet.
    pub fn is_new(&self) -> bool {
        self.exercises.is_empty()
    }

    fn of(&self, exercise: &Exercise) -> Option<&Record> {
        let names = [&exercise.name].into_iter().chain(&exercise.about.formerly);
        names.into_iter().find_map(|name| self.exercises.get(name))
    }

    /// The record of `exercise`, under its present name.
    fn entry(&mut self, exercise: &Exercise) -> &mut Record {
        let former = exercise.about.formerly.iter().filter_map(|name| self.exercises.remove(name)).next();
        let record = self.exercises.entry(exercise.name.clone());
        record.or_insert_with(|| former.unwrap_or_default())
    }

    pub fn state(&self, course: &Course, exercise: &Exercise) -> State {
        match self.of(exercise) {
            None => State::NotRun,
            Some(record) if record.state == State::Passed => {
                let is_outdated = !record.contract_hash.is_empty()
                    && record.contract_hash != sources::contract_hash(course, exercise);
                match record.source_hash == source_hash(course, exercise) {
                    _ if is_outdated => State::Outdated,
                    true => State::Passed,
                    false => State::Edited,
                }
            }
            Some(record) => record.state,
        }
    }

    /// Whether `exercise` has ever passed.
    pub fn has_passed(&self, exercise: &Exercise) -> bool {
        self.of(exercise).is_some_and(|record| record.passed || record.state == State::Passed)
    }

    /// The hints that were opened before it passed.
    pub fn opened(&self, exercise: &Exercise) -> BTreeSet<usize> {
        self.of(exercise).map(|record| record.hints.clone()).unwrap_or_default()
    }

    /// What was found last.
    pub fn findings(&self, exercise: &Exercise) -> Vec<Kind> {
        self.of(exercise).map(|record| record.findings.clone()).unwrap_or_default()
    }

    /// How many verdicts in a row have had the same first finding.
    pub fn in_a_row(&self, exercise: &Exercise) -> u32 {
        self.of(exercise).map_or(0, |record| record.in_a_row)
    }

    pub fn tally(&self, course: &Course) -> Tally {
        let mut tally = Tally::default();
        for exercise in &course.exercises {
            tally.exercises += 1;
            tally.all_points += exercise.about.points;
            if matches!(self.state(course, exercise), State::Passed | State::Edited | State::Outdated) {
                tally.passed += 1;
                tally.points += exercise.about.points;
            }
        }
        tally
    }

    /// What has been proven of the programs that have passed and were not edited since.
    pub fn proven(&self, course: &Course) -> Proof {
        let passed = course.exercises.iter().filter(|exercise| self.state(course, exercise) == State::Passed);
        let proofs = passed.filter_map(|exercise| self.of(exercise)).map(|record| record.proven);
        proofs.fold(Proof::default(), |sum, proof| Proof {
            clauses: sum.clauses + proof.clauses,
            schedules: sum.schedules + proof.schedules,
            interleavings: sum.interleavings + proof.interleavings,
        })
    }

    /// Keeps the verdict on the learner's own source of `exercise`.
    pub fn record(&mut self, course: &Course, exercise: &Exercise, report: &Report) -> Result<()> {
        let source_hash = source_hash(course, exercise);
        self.update(|progress| {
            let record = progress.entry(exercise);
            record.state = State::of(report);
            record.source_hash = source_hash;
            record.contract_hash = sources::contract_hash(course, exercise);
            record.passed |= record.state == State::Passed;
            record.proven = if record.state == State::Passed { Proof::of(report) } else { Proof::default() };
            let before = record.findings.first().copied();
            record.findings = report.findings().map(|(_, finding)| finding.kind).collect();
            record.findings.dedup();
            let is_same = before.is_some() && before == record.findings.first().copied();
            record.in_a_row = if is_same { record.in_a_row + 1 } else { record.findings.len().min(1) as u32 };
        })
    }

    /// Counts that a hint was read, unless the exercise has passed: then all may be read.
    pub fn open_hint(&mut self, exercise: &Exercise, step: usize) -> Result<()> {
        if self.has_passed(exercise) || self.opened(exercise).contains(&step) {
            return Ok(());
        }
        self.update(|progress| {
            progress.entry(exercise).hints.insert(step);
        })
    }

    /// Makes `exercise` one that has not been run; what was opened and passed before stays known.
    pub fn forget(&mut self, exercise: &Exercise) -> Result<()> {
        self.update(|progress| {
            let record = progress.entry(exercise);
            record.state = State::NotRun;
            record.source_hash = String::new();
            record.proven = Proof::default();
            record.in_a_row = 0;
            record.findings.clear();
        })
    }

    /// Takes in what was kept elsewhere: of two records of an exercise, the one that has passed.
    pub fn merge(&mut self, other: Progress) -> Result<()> {
        self.update(|progress| {
            for (name, theirs) in other.exercises {
                let ours = progress.exercises.entry(name).or_default();
                let hints = &ours.hints | &theirs.hints;
                let passed = ours.passed || theirs.passed;
                if ours.state != State::Passed {
                    *ours = theirs;
                }
                (ours.hints, ours.passed) = (hints, passed);
            }
        })
    }

    /// Changes what is kept, starting from what is there now: another checker may have written meanwhile.
    fn update(&mut self, change: impl FnOnce(&mut Progress)) -> Result<()> {
        // In memory it counts even if it can't be kept.
        let kept = self.refresh();
        change(self);
        kept.and_then(|_lock| self.write()).with_context(|| {
            format!(
                "your progress could not be kept in {}; make that folder writable",
                self.path.parent().unwrap_or(&self.path).display()
            )
        })
    }

    /// Reads the file again, and keeps others from changing it until the lock is dropped.
    fn refresh(&mut self) -> Result<File> {
        if self.frozen {
            bail!("there is a file that can't be understood");
        }
        let dir = self.path.parent().context("it is in no folder")?;
        fs::create_dir_all(dir)?;
        let lock = File::create(dir.join("lock"))?;
        lock.lock()?;
        if let Some(now) = fs::read(&self.path).ok().and_then(|bytes| Progress::parse(&bytes)) {
            *self = Progress { path: self.path.clone(), ..now };
        }
        Ok(lock)
    }

    /// Writes a new file and puts it in the place of the old one, so that there is a whole one at any time.
    fn write(&self) -> Result<()> {
        replace(&self.path, &serde_json::to_vec_pretty(self)?)
    }
}

/// A number for what is judged of the learner's files.
fn source_hash(course: &Course, exercise: &Exercise) -> String {
    sources::hash(&sources::own(course, exercise).unwrap_or_default())
}
