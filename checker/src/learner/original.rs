//! What an exercise looked like before the learner edited it, and the way back to that.

use crate::course::{Course, Exercise};
use crate::files::{free_name, replace};
use crate::learner::progress::{FOLDER, Progress};
use crate::learner::sources::{self, Files};
use crate::verdict::State;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Keeps a copy of each exercise that was shipped without one and has not been run yet, so that `reset` works without git.
///
/// What can't be kept now may be kept another time: this never fails.
pub fn keep(course: &Course, progress: &Progress) {
    let untouched = course.exercises.iter().filter(|it| progress.state(course, it) == State::NotRun);
    for exercise in untouched {
        if matches!(sources::shipped(course, exercise), Ok(Some(_))) {
            continue;
        }
        let copy = copy(course, exercise);
        let Ok(own) = fs::read(course.root.join(exercise.source())) else { continue };
        // What was kept first is nearest to the beginning: it may have been edited, and committed, since.
        if copy.exists() {
            continue;
        }
        let text = committed(course, exercise).unwrap_or(own);
        let made = copy.parent().map(fs::create_dir_all);
        if matches!(made, Some(Ok(()))) {
            let _ = replace(&copy, &text);
        }
    }
}

/// The files of `exercise` as they were before anybody edited them.
fn beginning(course: &Course, exercise: &Exercise) -> Result<Files> {
    if let Some(files) = sources::shipped(course, exercise)? {
        return Ok(files);
    }
    let Some(original) = fs::read(copy(course, exercise)).ok().or_else(|| committed(course, exercise)) else {
        bail!(
            "the original state of {} is not known: no copy was kept, and git does not have it\n\
             get {} from the workbook's repository",
            exercise.name,
            exercise.source().display()
        );
    };
    Ok(Files::from([("lib.rs".to_owned(), original)]))
}

/// Begins `exercise` anew: its original is put back, and it counts as not run. Returns where the learner's files are kept now:
/// nowhere, if it is in its original state already. The second value says if the progress could not be kept.
pub fn reset(
    course: &Course,
    progress: &mut Progress,
    exercise: &Exercise,
) -> Result<(Vec<PathBuf>, Result<()>)> {
    let files = beginning(course, exercise)?;
    let kept = replace_all(course, exercise, &files)?;
    // The new stub is in its place now.
    let _ = fs::remove_dir_all(course.root.join(&exercise.dir).join(sources::NEW_STUB));
    Ok((kept, progress.forget(exercise)))
}

/// Puts `files` in the place of the learner's. Every file of the learner's that differs, or has no counterpart, is copied
/// first, and only then is anything changed. Returns where the copies are. A `main.rs` without a counterpart stays: the
/// exercise has one.
pub fn replace_all(course: &Course, exercise: &Exercise, files: &Files) -> Result<Vec<PathBuf>> {
    let own = sources::own(course, exercise)?;
    let folder = sources::folder(course, exercise);
    let places: Vec<(PathBuf, &Vec<u8>)> = files
        .iter()
        .filter(|(name, bytes)| own.get(*name) != Some(*bytes))
        .map(|(name, bytes)| {
            let place = sources::place(&folder, name);
            Ok((
                place.with_context(|| {
                    format!("`{name}` is not a valid name for a file in src; nothing was changed")
                })?,
                bytes,
            ))
        })
        .collect::<Result<_>>()?;
    let is_left_over = |name: &str| !files.contains_key(name) && name != "main.rs";
    let in_the_way = own
        .iter()
        .filter(|(name, bytes)| is_left_over(name) || files.get(*name).is_some_and(|it| it != *bytes));
    let mut kept = Vec::new();
    let mut left_over = Vec::new();
    for (name, bytes) in in_the_way {
        kept.push(back_up(course, exercise, name, bytes)?);
        if is_left_over(name) {
            left_over.push(folder.join(name));
        }
    }
    for (place, bytes) in places {
        put(&place, bytes)?;
    }
    for file in left_over {
        fs::remove_file(&file).with_context(|| format!("could not remove {}", file.display()))?;
    }
    Ok(kept)
}

/// Writes a file that may be in a folder that is not there yet. A link stays one: what it leads to is replaced.
fn put(place: &Path, bytes: &[u8]) -> Result<()> {
    let folder = place.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    replace(&place.canonicalize().unwrap_or_else(|_| place.to_owned()), bytes)
}

/// Copies a file of the learner's to where nothing overwrites it, byte for byte.
fn back_up(course: &Course, exercise: &Exercise, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let copy = PathBuf::from(FOLDER).join("backup").join(&exercise.name).join(name);
    let folder = copy.parent().unwrap_or(&copy);
    fs::create_dir_all(course.root.join(folder))
        .with_context(|| format!("could not make {}; nothing was changed", folder.display()))?;
    let copy = free_name(&course.root.join(&copy), "kept");
    fs::write(&copy, bytes)
        .with_context(|| format!("could not write {}; nothing was changed", copy.display()))?;
    Ok(copy.strip_prefix(&course.root).unwrap_or(&copy).to_owned())
}

fn copy(course: &Course, exercise: &Exercise) -> PathBuf {
    course.root.join(FOLDER).join("original").join(&exercise.name).join("lib.rs")
}

fn committed(course: &Course, exercise: &Exercise) -> Option<Vec<u8>> {
    let path = exercise.source().to_string_lossy().replace('\\', "/");
    let mut git = Command::new("git");
    git.current_dir(&course.root).args(["show", &format!("HEAD:./{path}")]);
    let output = git.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// Where the learner's files are kept, in words.
pub fn kept_as(kept: &[PathBuf]) -> String {
    let places: Vec<String> = kept.iter().map(|file| file.display().to_string()).collect();
    match places.len() {
        1 => format!("your file is kept as {}", places[0]),
        _ => format!("your files are kept as {}", places.join(", ")),
    }
}
