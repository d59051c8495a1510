//! What decides about marks besides the verdicts: the assignment, extensions, spent late days, marks set by hand. A copy of
//! each is kept with the grading, by ids, so that every command goes by the same ones.

use super::assignment::Assignment;
use super::lms::Key;
use super::marks::ByHand;
use super::people::{People, write_table};
use super::plan::Folder;
use super::policy::Extension;
use crate::files::replace;
use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const ASSIGNMENT: &str = "assignment.toml";
const EXTENSIONS: &str = "extensions.csv";
const SPENT: &str = "spent.csv";
const BY_HAND: &str = "by-hand.csv";

/// Everything that decides about marks besides the verdicts; people by the ids of members.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub assignment: Assignment,
    pub extensions: BTreeMap<String, Extension>,
    /// Units of the budget that went in earlier gradings.
    pub spent: BTreeMap<String, u32>,
    pub by_hand: Vec<ByHand>,
}

/// What a command was given; what it was not given stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    pub assignment: Option<&'a Path>,
    pub extensions: Option<&'a Path>,
    /// Folders of gradings with earlier due dates.
    pub earlier: &'a [PathBuf],
}

#[derive(Deserialize, Serialize)]
struct Granted {
    id: String,
    #[serde(default)]
    hours: Option<i64>,
    #[serde(default)]
    due: Option<String>,
    #[serde(default)]
    excused: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Spent {
    id: String,
    units: u32,
}

impl Rules {
    /// The rules that are kept in `folder`.
    ///
    /// # Errors
    /// If one of the files can't be understood.
    pub fn read(folder: &Folder) -> Result<Rules> {
        let assignment = folder.policy(ASSIGNMENT);
        let assignment =
            if assignment.exists() { Assignment::read(&assignment)? } else { Assignment::default() };
        let granted: Vec<Granted> = table(&folder.policy(EXTENSIONS))?;
        let extension = |row: Granted| -> Result<(String, Extension)> {
            let excused = is_yes(row.excused.as_deref().unwrap_or_default())?;
            Ok((row.id, Extension { hours: row.hours.unwrap_or(0), due: row.due, excused }))
        };
        let spent: Vec<Spent> = table(&folder.policy(SPENT))?;
        Ok(Rules {
            assignment,
            extensions: granted.into_iter().map(extension).collect::<Result<_>>()?,
            spent: spent.into_iter().map(|row| (row.id, row.units)).collect(),
            by_hand: table(&folder.policy(BY_HAND))?,
        })
    }

    /// Keeps what was given with the grading, once it is known to be right.
    ///
    /// # Errors
    /// If it can't be understood, or names somebody who is not in the class; then nothing has changed.
    pub fn adopt(folder: &Folder, people: &People, given: &Given<'_>) -> Result<()> {
        let assignment = given.assignment.map(Assignment::read).transpose()?;
        let named = assignment.as_ref().and_then(|assignment| assignment.extensions.as_deref());
        let extensions = given.extensions.or(named).map(|path| read_extensions(path, people)).transpose()?;
        if let Some(extensions) = &extensions {
            let kept = Rules::read(folder)?.assignment;
            let policy = assignment.as_ref().unwrap_or(&kept).policy.as_ref();
            for due in extensions.iter().filter_map(|row| row.due.as_deref()) {
                let policy =
                    policy.context("an extension has a due date, but the assignment has no `[late]`")?;
                policy.moment(due)?;
            }
        }
        let spent = match given.earlier {
            [] => None,
            earlier => Some(spent_in(earlier, people)?),
        };
        if let Some(path) = given.assignment {
            keep_assignment(folder, path)?;
        }
        if let Some(extensions) = extensions {
            write_table(&folder.policy(EXTENSIONS), &extensions)?;
        }
        if let Some(spent) = spent {
            write_table(&folder.policy(SPENT), &spent)?;
        }
        Ok(())
    }

    /// Sets a mark by hand, or takes it away again.
    ///
    /// # Errors
    /// If the disk says no.
    pub fn set(&mut self, folder: &Folder, id: &str, exercise: &str, mark: Option<ByHand>) -> Result<()> {
        self.by_hand.retain(|it| !(it.id == id && it.exercise == exercise));
        self.by_hand.extend(mark);
        self.by_hand.sort_by(|a, b| (&a.id, &a.exercise).cmp(&(&b.id, &b.exercise)));
        write_table(&folder.policy(BY_HAND), &self.by_hand)
    }
}

/// Keeps an assignment with the grading, as it is written.
///
/// # Errors
/// If the disk says no.
pub fn keep_assignment(folder: &Folder, path: &Path) -> Result<()> {
    let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    let kept = folder.policy(ASSIGNMENT);
    fs::create_dir_all(kept.parent().unwrap_or(&kept))
        .with_context(|| format!("could not make a folder for {}", kept.display()))?;
    replace(&kept, &bytes)
}

/// The rows of a table of ours; none if it is not there.
fn table<R: DeserializeOwned>(path: &Path) -> Result<Vec<R>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let reader =
        csv::Reader::from_path(path).with_context(|| format!("could not read {}", path.display()))?;
    let rows = reader.into_deserialize().collect::<Result<_, _>>();
    rows.with_context(|| format!("{} can't be understood", path.display()))
}

fn is_yes(word: &str) -> Result<bool> {
    match word.trim().to_lowercase().as_str() {
        "yes" | "true" | "x" => Ok(true),
        "" | "no" | "false" => Ok(false),
        other => bail!("`excused` is `{other}`; write yes, or leave it empty"),
    }
}

/// A CSV with the columns `key` (or `id`), and `hours`, `due` and `excused` as needed.
fn read_extensions(path: &Path, people: &People) -> Result<Vec<Granted>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(alias = "id")]
        key: Key,
        #[serde(default)]
        hours: Option<i64>,
        #[serde(default)]
        due: Option<String>,
        #[serde(default)]
        excused: Option<String>,
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(path)
        .with_context(|| format!("could not read {}", path.display()))?;
    let headers = reader.headers().with_context(|| format!("could not read {}", path.display()))?;
    if let Some(column) =
        headers.iter().find(|it| !["key", "id", "hours", "due", "excused", "note"].contains(it))
    {
        bail!(
            "{}: `{column}` is not a column of extensions; the columns are `key`, `hours`, `due`, `excused` and `note`",
            path.display()
        );
    }
    let mut rows: Vec<Granted> = Vec::new();
    for row in reader.deserialize() {
        let row: Row = row.with_context(|| {
            format!(
                "{}: its columns should be `key`, `hours` (a number), `due` and `excused`",
                path.display()
            )
        })?;
        is_yes(row.excused.as_deref().unwrap_or_default())
            .with_context(|| format!("{}: the row of `{}`", path.display(), row.key))?;
        let id = people.member(&row.key.0).with_context(|| format!("{}", path.display()))?.id.clone();
        if rows.iter().any(|it| it.id == id) {
            bail!("{}: `{}` is there twice; put both into one row", path.display(), row.key);
        }
        rows.push(Granted { id, hours: row.hours, due: row.due, excused: row.excused });
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(rows)
}

/// What everybody has spent of the budget in earlier gradings, which know them by other ids.
fn spent_in(earlier: &[PathBuf], people: &People) -> Result<Vec<Spent>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        free: u32,
    }
    let mut units: BTreeMap<String, u32> = BTreeMap::new();
    for dir in earlier {
        let theirs = People::read(&Folder(dir.clone()))?;
        let path = dir.join("marks.csv");
        if !path.exists() {
            bail!(
                "{} is missing; `cargo checker grade marks --out {}` makes it",
                path.display(),
                dir.display()
            );
        }
        let mut free: BTreeMap<String, u32> = BTreeMap::new();
        for row in table::<Row>(&path)? {
            // A row for each exercise tells of the same late days.
            let most = free.entry(row.id).or_default();
            *most = (*most).max(row.free);
        }
        for member in theirs.members() {
            let here = people.members().find(|it| it.key == member.key);
            if let (Some(here), Some(free)) = (here, free.get(&member.id)) {
                *units.entry(here.id.clone()).or_default() += free;
            }
        }
    }
    Ok(units.into_iter().filter(|(_, units)| *units > 0).map(|(id, units)| Spent { id, units }).collect())
}
