//! How far a learner has come: the last verdict on each exercise, kept in `.workbook/progress.json`.

use crate::course::{Course, Exercise};
use crate::verdict::{Report, Status};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const VERSION: u32 = 1;

#[derive(Deserialize, Serialize)]
pub struct Progress {
    version: u32,
    exercises: BTreeMap<String, Last>,
    #[serde(skip)]
    path: PathBuf,
}

/// The last verdict on an exercise.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Last {
    state: State,
    /// Of the source that was judged.
    source_hash: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    NotRun,
    Passed,
    /// Passed, and edited since.
    Edited,
    Failed,
    Unfinished,
    Undecided,
}

impl Progress {
    /// Reads what was kept. A file that can't be understood is put aside; then the second value says so.
    pub fn read(root: &Path) -> Result<(Progress, Option<String>)> {
        let path = root.join(".workbook/progress.json");
        let new = Progress { version: VERSION, exercises: BTreeMap::new(), path: path.clone() };
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((new, None)),
            Err(error) => return Err(error).with_context(|| format!("could not read {}", path.display())),
        };
        match serde_json::from_slice::<Progress>(&bytes) {
            Ok(progress) if progress.version == VERSION => Ok((Progress { path, ..progress }, None)),
            _ => {
                let aside = free_name(&path);
                fs::rename(&path, &aside)
                    .with_context(|| format!("could not put {} aside", path.display()))?;
                let message = format!(
                    "{} can't be understood (cut short, or from another version); it is kept as {}, and the \
                     list starts afresh. Your source files are not touched by this.",
                    path.display(),
                    aside.display()
                );
                Ok((new, Some(message)))
            }
        }
    }

    pub fn state(&self, course: &Course, exercise: &Exercise) -> State {
        match self.exercises.get(&exercise.name) {
            None => State::NotRun,
            Some(last) if last.source_hash == source_hash(course, exercise) => last.state,
            Some(last) if last.state == State::Passed => State::Edited,
            Some(last) => last.state,
        }
    }

    /// Keeps the verdict on the learner's own source of `exercise`.
    pub fn record(&mut self, course: &Course, exercise: &Exercise, report: &Report) -> Result<()> {
        let last = Last { state: State::of(report), source_hash: source_hash(course, exercise) };
        self.exercises.insert(exercise.name.clone(), last);
        self.write().with_context(|| format!("could not keep your progress in {}", self.path.display()))
    }

    /// Writes a new file and puts it in the place of the old one, so that there is a whole one at any time.
    fn write(&self) -> Result<()> {
        let dir = self.path.parent().context("it is in no folder")?;
        fs::create_dir_all(dir)?;
        let new = dir.join(format!("progress.json.{}.new", std::process::id()));
        fs::write(&new, serde_json::to_vec_pretty(self)?)?;
        fs::rename(&new, &self.path)?;
        Ok(())
    }
}

impl State {
    pub fn of(report: &Report) -> State {
        match report.verdict {
            Status::Passed => State::Passed,
            Status::Undecided => State::Undecided,
            Status::Failed if report.is_unfinished() => State::Unfinished,
            Status::Failed => State::Failed,
        }
    }
}

fn free_name(path: &Path) -> PathBuf {
    let names = (1..).map(|number| path.with_file_name(format!("progress.json.kept-{number}")));
    names.into_iter().find(|name| !name.exists()).unwrap_or_else(|| path.with_extension("kept"))
}

fn source_hash(course: &Course, exercise: &Exercise) -> String {
    let mut hasher = DefaultHasher::new();
    fs::read(course.root.join(exercise.source())).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
