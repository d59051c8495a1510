//! The course as it lies on disk: exercises, found by walking folders, with their contract and hints.

pub mod edition;
pub mod explanation;
pub mod hints;
mod manifest;
mod names;
pub mod overview;
mod parts;
pub mod variant;

use crate::files::read_text;
use crate::legible;
use anyhow::{Context, Result, anyhow, bail};
use manifest::{Manifest, read_manifest};
use overview::Overview;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

pub struct Course {
    pub root: PathBuf,
    /// Where the command was started.
    here: PathBuf,
    /// The version of the workspace.
    release: String,
    /// In the order in which a learner meets them.
    pub exercises: Vec<Exercise>,
    /// Folders that look like an exercise and can't be read as one.
    pub broken: Vec<anyhow::Error>,
    /// Of a course that has one.
    pub overview: Option<Overview>,
}

pub struct Exercise {
    pub name: String,
    /// Relative to the root of the workspace, as are all paths made from it.
    pub dir: PathBuf,
    /// The folder between `exercises/` and the exercise's own.
    pub lesson_dir: String,
    pub edition: String,
    /// The crates its source may use.
    pub dependencies: Vec<String>,
    /// The crates its checks may use besides.
    pub dev_dependencies: Vec<String>,
    pub about: About,
}

/// `[package.metadata.workbook]`.
#[derive(Debug, Deserialize)]
pub struct About {
    pub title: String,
    pub lesson: u32,
    pub order: u32,
    pub points: u32,
    pub minutes: u32,
    #[serde(default)]
    pub kind: Task,
    /// For a program to repair, what it gets as it is: `clause N · finding: KIND`.
    #[serde(rename = "starts-with")]
    pub starts_with: Option<String>,
    /// Names this exercise had before, under which progress may be kept.
    #[serde(default)]
    pub formerly: Vec<String>,
}

/// What a learner is asked to do.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Fill in a few lines: a lesson's first step, of five minutes.
    WarmUp,
    /// Fill in a stub.
    #[default]
    Build,
    /// Mend a program that is wrong on purpose.
    Repair,
    /// Fill in a stub of which the README shows a documented run.
    Documented,
    /// Fill in the stub in which all lessons meet, after the last of them.
    Capstone,
}

pub struct Hint {
    pub title: String,
    pub text: String,
}

impl Course {
    /// Finds the workspace that `start` is in, and every exercise of it.
    pub fn find(start: &Path) -> Result<Course> {
        let is_root = |dir: &&Path| dir.join("exercises").is_dir() && dir.join("Cargo.toml").is_file();
        let root = start.ancestors().find(is_root).ok_or_else(|| {
            anyhow!(
                "no workbook at {} or above it: no folder there has both `exercises/` and a Cargo.toml\n\
                 go to the folder you cloned the workbook into, and try again",
                start.display()
            )
        })?;
        let workspace: Manifest = read_manifest(&root.join("Cargo.toml"))?;
        let release = workspace.workspace.as_ref().and_then(|workspace| workspace.package.version.clone());
        let (root_dir, release) = (root.to_owned(), release.unwrap_or_default());
        let here = start.to_owned();
        let (exercises, broken) = (Vec::new(), Vec::new());
        let mut course = Course { root: root_dir, here, release, exercises, broken, overview: None };
        match Overview::read(root) {
            Ok(overview) => course.overview = overview,
            Err(error) => course.broken.push(error),
        }
        let folders = WalkDir::new(root.join("exercises")).min_depth(2).max_depth(2).sort_by_file_name();
        for entry in folders {
            let entry = entry.context("could not walk exercises/")?;
            if entry.path().join("Cargo.toml").is_file() {
                match Exercise::read(root, entry.path(), &workspace) {
                    Ok(exercise) => course.exercises.push(exercise),
                    Err(error) => course.broken.push(error),
                }
            }
        }
        course.exercises.sort_by(|a, b| a.place().cmp(&b.place()));
        course.leave_out_copies();
        Ok(course)
    }

    /// Of several folders whose manifests have the same name, the one that is called so is the exercise.
    fn leave_out_copies(&mut self) {
        let is_original = |it: &Exercise| it.dir.ends_with(&it.name);
        let mut kept: Vec<Exercise> = Vec::new();
        for exercise in std::mem::take(&mut self.exercises) {
            let Some(place) = kept.iter().position(|other| other.name == exercise.name) else {
                kept.push(exercise);
                continue;
            };
            let copy = match is_original(&exercise) && !is_original(&kept[place]) {
                true => std::mem::replace(&mut kept[place], exercise),
                false => exercise,
            };
            self.broken.push(anyhow!(
                "{} is left out: its Cargo.toml names {}, which is in {}",
                copy.dir.display(),
                copy.name,
                kept[place].dir.display()
            ));
        }
        self.exercises = kept;
    }

    /// Which release of the course this is.
    pub fn release(&self) -> &str {
        &self.release
    }
}

/// The error for a name that is not one of `known`.
pub fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
    advice: &str,
) -> anyhow::Error {
    let mut near: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(score, _)| *score > 0.6)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let name = legible::line(name);
    let near: Vec<String> = near.iter().take(3).map(|(_, known)| format!("`{known}`")).collect();
    match near.as_slice() {
        [] => anyhow!("there is no {what} `{name}`\n{advice}"),
        near => anyhow!("there is no {what} `{name}`; did you mean {}?\n{advice}", near.join(" or ")),
    }
}

impl Exercise {
    /// One that is in no folder.
    #[cfg(test)]
    pub fn sample(name: &str) -> Exercise {
        let about = About {
            title: name.to_owned(),
            lesson: 1,
            order: 1,
            points: 10,
            minutes: 10,
            kind: Task::Build,
            starts_with: None,
            formerly: Vec::new(),
        };
        Exercise {
            name: name.to_owned(),
            dir: PathBuf::from("exercises/01-sample").join(name),
            lesson_dir: "01-sample".to_owned(),
            edition: "2024".to_owned(),
            dependencies: Vec::new(),
            dev_dependencies: Vec::new(),
            about,
        }
    }

    fn read(root: &Path, dir: &Path, workspace: &Manifest) -> Result<Exercise> {
        let path = dir.join("Cargo.toml");
        let manifest = read_manifest(&path)?;
        let package = manifest.package.with_context(|| format!("{}: no [package]", path.display()))?;
        let about = package.metadata.and_then(|metadata| metadata.workbook);
        let about = about
            .with_context(|| format!("{}: no [package.metadata.workbook] section", path.display()))?
            .try_into()
            .with_context(|| format!("{}: [package.metadata.workbook]", path.display()))?;
        let edition = match package.edition {
            Some(toml::Value::String(edition)) => Some(edition),
            Some(_) => workspace.workspace.as_ref().and_then(|workspace| workspace.package.edition.clone()),
            None => None,
        };
        let lesson_dir = dir.parent().and_then(Path::file_name).unwrap_or_default();
        Ok(Exercise {
            name: package.name,
            dir: dir.strip_prefix(root)?.to_owned(),
            lesson_dir: lesson_dir.to_string_lossy().into_owned(),
            edition: edition.unwrap_or_else(|| "2015".to_owned()),
            dependencies: manifest.dependencies.into_keys().collect(),
            dev_dependencies: manifest.dev_dependencies.into_keys().collect(),
            about,
        })
    }

    /// Where it stands in the course: a lesson's warm-up comes first.
    fn place(&self) -> (u32, bool, u32, &str) {
        (self.about.lesson, self.about.kind != Task::WarmUp, self.about.order, &self.name)
    }

    /// Whether `text` is in its name, title or lesson, or in `state`.
    pub fn matches(&self, text: &str, state: &str) -> bool {
        let text = text.to_lowercase();
        let lesson = format!("lesson {} {}", self.about.lesson, self.lesson_dir);
        let places = [&self.name, &self.about.title, &lesson, state];
        places.iter().any(|place| place.to_lowercase().contains(&text))
    }

    /// The exercise's name as Rust writes it.
    pub fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    pub fn source(&self) -> PathBuf {
        self.dir.join("src/lib.rs")
    }

    pub fn checks(&self) -> PathBuf {
        self.dir.join("tests/checks.rs")
    }

    pub fn snapshots(&self) -> PathBuf {
        self.dir.join("tests/snapshots")
    }

    pub fn readme(&self) -> PathBuf {
        self.dir.join("README.md")
    }

    /// The chapter it belongs to.
    pub fn lesson(&self) -> PathBuf {
        Path::new("lessons").join(&self.lesson_dir).join("README.md")
    }

    /// The folder with the game of its lesson. A lesson without a game has no such folder.
    pub fn game(&self) -> PathBuf {
        Path::new("lessons").join(&self.lesson_dir).join("puzzles")
    }

    pub fn solution_dir(&self) -> PathBuf {
        let folder = self.dir.file_name().unwrap_or_default();
        Path::new("solutions").join(&self.lesson_dir).join(folder)
    }

    /// The numbered promises of the README, clause 1 first.
    ///
    /// # Errors
    /// If the README can't be read, or its contract is not numbered 1, 2, 3 and so on.
    pub fn contract(&self, root: &Path) -> Result<Vec<String>> {
        let path = root.join(self.readme());
        let text = read_text(&path)?;
        let mut clauses: Vec<String> = Vec::new();
        let contract =
            sections(&text).into_iter().find(|section| section.title.eq_ignore_ascii_case("contract"));
        let contract = contract.with_context(|| format!("{}: no `## Contract` section", path.display()))?;
        for line in contract.text.lines() {
            match numbered(line) {
                Some((number, _)) if number != clauses.len() + 1 => {
                    bail!("{}: clause {number} follows clause {}", path.display(), clauses.len())
                }
                Some((_, promise)) => clauses.push(promise.to_owned()),
                // What is indented goes on with the clause; what is not is about all of them.
                None if line.starts_with(' ') => {
                    if let Some(clause) = clauses.last_mut() {
                        clause.push(' ');
                        clause.push_str(line.trim());
                    }
                }
                None => {}
            }
        }
        if clauses.is_empty() {
            bail!("{}: the contract has no numbered clause", path.display());
        }
        Ok(clauses)
    }

    /// The hints, the gentlest first.
    pub fn hints(&self, root: &Path) -> Result<Vec<Hint>> {
        Ok(sections(&read_text(&root.join(self.dir.join("hints.md")))?))
    }
}

/// The `## ` sections of a markdown text; what comes before the first is not one.
pub fn sections(text: &str) -> Vec<Hint> {
    let mut sections: Vec<Hint> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        match (line.strip_prefix("## "), sections.last_mut()) {
            (Some(title), _) if !fenced => {
                sections.push(Hint { title: title.trim().to_owned(), text: String::new() });
            }
            (_, Some(section)) => {
                section.text.push_str(line);
                section.text.push('\n');
            }
            (_, None) => {}
        }
    }
    for section in &mut sections {
        section.text = section.text.trim_matches('\n').to_owned();
    }
    sections
}

/// `7. text` as its number and text.
fn numbered(line: &str) -> Option<(usize, &str)> {
    let (number, promise) = line.split_once(". ")?;
    Some((number.parse().ok()?, promise.trim()))
}
