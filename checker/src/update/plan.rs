//! What an update will do, worked out before anything is changed, and written down so that it can be gone on with.

use super::pending::{Changed, News};
use super::source::{Base, Commits, Staged};
use super::tree::{self, Tree, digest_at, is_learners};
use crate::course::{Course, Exercise};
use crate::learner::sources::NEW_STUB;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use similar::TextDiff;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Deserialize, Serialize)]
pub struct Plan {
    pub from: String,
    pub to: String,
    pub commits: Option<Commits>,
    /// In the order in which they are done.
    pub changes: Vec<Change>,
    pub news: News,
    /// What the course's own files are afterwards.
    pub after: Tree,
}

/// One thing that is done to the workbook.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Change {
    /// A file of the new version is put at its place.
    Put { path: String, was: Was, will_be: String },
    /// A file that the new version has no more is taken away.
    Take { path: String, was: Was },
    /// A file of a program whose exercise has another name now is copied to the new place.
    Move { from: String, to: String },
    /// A file of a new stub is put beside the learner's program.
    Beside { path: String, will_be: String },
}

/// What was at a place when the plan was made.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Was {
    Nothing,
    /// A file of the course, which nobody has edited.
    Ours(String),
    /// A file that the learner has edited.
    Edited,
    /// A file of which nobody knows whether it was edited. It is kept with all others of its release.
    Unsure(String),
}

impl Plan {
    /// Works out what to do. Reads, and changes nothing.
    ///
    /// # Errors
    /// If something can't be read.
    pub fn new(course: &Course, from: String, staged: &Staged) -> Result<Plan> {
        let new_course = Course::find(&staged.folder)?;
        let files = tree::below(&staged.folder)?;
        let survey = Survey { root: &course.root, base: &staged.base, staged: &staged.folder, files: &files };
        let mut news = News::default();
        let mut changes = Vec::new();
        for exercise in &new_course.exercises {
            survey.program(course, exercise, &mut changes, &mut news);
        }
        survey.own_files(&mut changes);
        survey.gone(course, &new_course, &mut news);
        // What cargo reads before it starts us comes together, when all that it names is there; and then what it named before.
        changes.sort_by_key(Change::turn);
        let after = files.into_iter().filter(|(path, _)| !is_learners(path)).collect();
        Ok(Plan { from, to: staged.name.clone(), commits: staged.commits.clone(), changes, news, after })
    }
}

impl Change {
    fn turn(&self) -> u8 {
        match self {
            Change::Take { .. } => 2,
            Change::Put { path, .. } => {
                let is_cargos = path.ends_with("Cargo.toml")
                    || path.ends_with("Cargo.lock")
                    || path.starts_with(".cargo/");
                u8::from(is_cargos)
            }
            Change::Move { .. } | Change::Beside { .. } => 0,
        }
    }
}

/// The workbook as it is, as it was when it was new, and as it will be.
struct Survey<'a> {
    root: &'a Path,
    base: &'a Base,
    staged: &'a Path,
    files: &'a Tree,
}

impl Survey<'_> {
    fn now(&self, path: &str) -> Option<String> {
        digest_at(&self.root.join(path))
    }

    /// What is at `path`, if the course's file there was `ours`.
    fn was(&self, path: &str, ours: Option<&String>) -> Was {
        match self.now(path) {
            None => Was::Nothing,
            Some(now) if ours == Some(&now) => Was::Ours(now),
            Some(_) => Was::Edited,
        }
    }

    /// All files of ours outside of the programs.
    fn own_files(&self, changes: &mut Vec<Change>) {
        for (path, will_be) in self.files.iter().filter(|(path, _)| !is_learners(path)) {
            let base = self.base.digest(path);
            // What we have not changed stays as the learner has it, or has it no more.
            if base == Some(will_be) || self.now(path).as_ref() == Some(will_be) {
                continue;
            }
            let (path, will_be) = (path.clone(), will_be.clone());
            let was = match (self.base, self.now(&path)) {
                (Base::Unknown, Some(now)) => Was::Unsure(now),
                _ => self.was(&path, base),
            };
            changes.push(Change::Put { path, was, will_be });
        }
        let (before, is_certain) = match self.base {
            Base::Git(tree) => (tree, true),
            Base::Record(tree) => (tree, false),
            Base::Unknown => return,
        };
        let tops: BTreeSet<&str> =
            self.files.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect();
        for (path, base) in before.iter().filter(|(path, _)| !self.files.contains_key(*path)) {
            let was = self.was(path, Some(base));
            let is_in_a_folder_of_ours = path.split_once('/').is_some_and(|(top, _)| tops.contains(top));
            let is_to_go = match &was {
                Was::Nothing => false,
                // A program that the learner has edited stays where it is.
                Was::Edited => !is_learners(path) && is_in_a_folder_of_ours,
                Was::Ours(_) | Was::Unsure(_) => is_certain || is_in_a_folder_of_ours,
            };
            if is_to_go {
                changes.push(Change::Take { path: path.clone(), was });
            }
        }
    }

    /// The files below `folder` of the workbook, or of the new version.
    fn below(&self, folder: &Path, is_new: bool) -> BTreeMap<String, String> {
        let root = if is_new { self.staged } else { self.root };
        tree::below(&root.join(folder)).unwrap_or_default()
    }

    /// The program of one exercise, which is the learner's as soon as a letter of it was.
    fn program(&self, course: &Course, new: &Exercise, changes: &mut Vec<Change>, news: &mut News) {
        let new_stub = self.below(&new.dir.join("src"), true);
        let path = |name: &str| format!("{}/src/{name}", slashes(&new.dir));
        let old = course.exercises.iter().find(|it| it.name == new.name && it.dir == new.dir);
        let Some(old) = old else {
            let former = course.exercises.iter().find(|it| new.about.formerly.contains(&it.name));
            let former = former.filter(|it| !self.is_untouched(it));
            match former {
                Some(former) => {
                    news.renamed.push((former.name.clone(), new.name.clone()));
                    for name in self.below(&former.dir.join("src"), false).keys() {
                        let from = format!("{}/src/{name}", slashes(&former.dir));
                        changes.push(Change::Move { from, to: path(name) });
                    }
                }
                None => news.added.push(new.name.clone()),
            }
            let is_moved = |name: &String| {
                former.is_some_and(|it| self.root.join(&it.dir).join("src").join(name).is_file())
            };
            for (name, will_be) in new_stub.iter().filter(|(name, _)| !is_moved(name)) {
                let was = self.was(&path(name), None);
                changes.push(Change::Put { path: path(name), was, will_be: will_be.clone() });
            }
            return;
        };
        let shipped = self.shipped(old);
        let mut what = Vec::new();
        let (before, after) = (old.contract(self.root).ok(), new.contract(self.staged).ok());
        if before != after {
            what.push("contract".to_owned());
        }
        if self.is_changed(&new.dir.join("tests")) {
            what.push("checks".to_owned());
        }
        let mut changed = Changed { name: new.name.clone(), what, new_stub: None };
        if shipped != new_stub {
            changed.what.push("stub".to_owned());
            if self.is_untouched(old) {
                for (name, will_be) in &new_stub {
                    let was = self.was(&path(name), shipped.get(name));
                    changes.push(Change::Put { path: path(name), was, will_be: will_be.clone() });
                }
                for name in shipped.keys().filter(|name| !new_stub.contains_key(*name)) {
                    changes.push(Change::Take {
                        path: path(name),
                        was: self.was(&path(name), shipped.get(name)),
                    });
                }
            } else {
                let beside = new.dir.join(NEW_STUB);
                for (name, will_be) in &new_stub {
                    let path = format!("{}/{name}", slashes(&beside));
                    changes.push(Change::Beside { path, will_be: will_be.clone() });
                }
                changed.new_stub = Some((beside, self.difference(old, &shipped, new, &new_stub)));
            }
        }
        if !changed.what.is_empty() {
            news.changed.push(changed);
        }
    }

    /// The stub of an exercise as the workbook has it.
    fn shipped(&self, exercise: &Exercise) -> BTreeMap<String, String> {
        let stub = self.below(&exercise.dir.join(".stub"), false);
        if !stub.is_empty() {
            return stub;
        }
        let prefix = format!("{}/src/", slashes(&exercise.dir));
        let Base::Git(tree) = self.base else { return BTreeMap::new() };
        let own = tree.iter().filter_map(|(path, digest)| {
            Some((path.strip_prefix(prefix.as_str())?.to_owned(), digest.clone()))
        });
        own.collect()
    }

    /// Whether the learner has written nothing there.
    fn is_untouched(&self, exercise: &Exercise) -> bool {
        self.below(&exercise.dir.join("src"), false) == self.shipped(exercise)
    }

    /// Whether one of our files in `folder` is another one in the new version.
    fn is_changed(&self, folder: &Path) -> bool {
        let prefix = format!("{}/", slashes(folder));
        let new = self.files.iter().filter(|(path, _)| path.starts_with(&prefix));
        let old = |path: &str| self.base.digest(path).cloned().or_else(|| self.now(path));
        let is_other = new.clone().any(|(path, digest)| old(path).as_ref() != Some(digest));
        let before = match self.base {
            Base::Git(tree) | Base::Record(tree) => tree.keys().filter(|it| it.starts_with(&prefix)).count(),
            Base::Unknown => new.clone().count(),
        };
        is_other || before != new.count()
    }

    /// How the new stub differs from the old one, as far as that is known.
    fn difference(
        &self,
        old: &Exercise,
        shipped: &BTreeMap<String, String>,
        new: &Exercise,
        new_stub: &BTreeMap<String, String>,
    ) -> String {
        let names = shipped.keys().chain(new_stub.keys().filter(|name| !shipped.contains_key(*name)));
        let mut text = String::new();
        for name in names.filter(|name| shipped.get(*name) != new_stub.get(*name)) {
            let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
            let before = read(self.root.join(&old.dir).join(".stub").join(name));
            let after = read(self.staged.join(&new.dir).join("src").join(name));
            if before.is_empty() && shipped.contains_key(name) {
                continue;
            }
            let (a, b) = (format!("old stub/{name}"), format!("new stub/{name}"));
            let difference = TextDiff::from_lines(&before, &after);
            text += &difference.unified_diff().context_radius(3).header(&a, &b).to_string();
        }
        text
    }

    /// Exercises that the new version does not have.
    fn gone(&self, course: &Course, new_course: &Course, news: &mut News) {
        let stays = |old: &&Exercise| {
            let is_it = |new: &Exercise| new.name == old.name && new.dir == old.dir;
            new_course.exercises.iter().any(is_it) || news.renamed.iter().any(|(name, _)| *name == old.name)
        };
        let gone: Vec<&Exercise> = course.exercises.iter().filter(|old| !stays(old)).collect();
        for old in gone {
            let own = (!self.is_untouched(old)).then(|| old.dir.join("src"));
            news.gone.push((old.name.clone(), own));
        }
    }
}

fn slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
