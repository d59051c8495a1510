//! An update that is not done: where it lies, and what it has left to do.

use crate::files::replace;
use crate::learner::progress::FOLDER;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// What is left to do when all files are there.
#[derive(Debug, Deserialize, Serialize)]
pub struct Pending {
    pub from: String,
    pub to: String,
    pub news: News,
    /// Exercises that are to be judged again.
    pub to_judge: Vec<String>,
    /// Whether the learner was told what is new.
    pub is_told: bool,
}

/// What a learner is told.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct News {
    pub changed: Vec<Changed>,
    pub added: Vec<String>,
    /// Exercises that are not in the course any more, with the folder where the learner's program stays, if there is one.
    pub gone: Vec<(String, Option<PathBuf>)>,
    /// Names that were and that are.
    pub renamed: Vec<(String, String)>,
    /// Where files of ours are kept that the learner had edited.
    pub kept: Vec<String>,
}

/// An exercise that is not what it was.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Changed {
    pub name: String,
    /// Of `contract`, `checks` and `stub`.
    pub what: Vec<String>,
    /// If the stub changed and the learner's program stays: where the new one lies, and how it differs from the old one.
    pub new_stub: Option<(PathBuf, String)>,
}

/// Where everything of an update lies until it is done.
pub fn place(root: &Path) -> PathBuf {
    root.join(FOLDER).join("update")
}

/// Whether an update has begun to change files, and has not come to the end of that.
pub fn is_half_done(root: &Path) -> bool {
    place(root).join("plan.json").exists() && Pending::read(root).is_none()
}

impl Pending {
    fn place(root: &Path) -> PathBuf {
        place(root).join("judge.json")
    }

    /// What an update has left to do, if there was one.
    pub fn read(root: &Path) -> Option<Pending> {
        serde_json::from_slice(&fs::read(Pending::place(root)).ok()?).ok()
    }

    /// Keeps it for the next call.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn keep(&self, root: &Path) -> Result<()> {
        replace(&Pending::place(root), &serde_json::to_vec(self)?)
    }

    /// Everything is done.
    pub fn end(self, root: &Path) {
        let _ = fs::remove_dir_all(place(root));
    }
}
