//! What an exercise looked like before the learner edited it, and the way back to that.

use crate::course::{Course, Exercise};
use crate::files::{free_name, read_text, replace};
use crate::learner::progress::{FOLDER, Progress};
use crate::verdict::State;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Keeps a copy of each exercise that has not been run yet, so that `reset` works without git.
///
/// What can't be kept now may be kept another time: this never fails.
pub fn keep(course: &Course, progress: &Progress) {
    let untouched = course.exercises.iter().filter(|it| progress.state(course, it) == State::NotRun);
    for exercise in untouched {
        let copy = copy(course, exercise);
        let Ok(own) = fs::read(course.root.join(exercise.source())) else { continue };
        let kept = fs::read(&copy).ok();
        if kept.as_ref() == Some(&own) {
            continue;
        }
        // It may have been edited before the first run, or updated since the copy was made: git knows.
        let known = committed(course, exercise).or_else(|| kept.is_none().then_some(own));
        if let Some(text) = known.filter(|text| kept.as_ref() != Some(text)) {
            let made = copy.parent().map(fs::create_dir_all);
            if matches!(made, Some(Ok(()))) {
                let _ = replace(&copy, &text);
            }
        }
    }
}

/// Puts the original of `exercise` back; where the learner's file is kept now, or `None` if they are the same.
fn restore(course: &Course, exercise: &Exercise) -> Result<Option<PathBuf>> {
    let path = course.root.join(exercise.source());
    let Some(original) = fs::read(copy(course, exercise)).ok().or_else(|| committed(course, exercise)) else {
        bail!(
            "how {} began is not known: no copy was kept, and git does not have it\n\
             get {} from the workbook's repository",
            exercise.name,
            exercise.source().display()
        );
    };
    if path.exists() && fs::read(&path)? == original {
        return Ok(None);
    }
    let kept = back_up(course, exercise)?;
    replace(&path, &original)?;
    Ok(Some(kept))
}

/// Begins `exercise` anew: its original is put back, and it counts as not run. Returns where the learner's file is kept now, or
/// `None` if it is in its original state already. The second value says if the progress could not be kept.
pub fn reset(
    course: &Course,
    progress: &mut Progress,
    exercise: &Exercise,
) -> Result<(Option<PathBuf>, Result<()>)> {
    let kept = restore(course, exercise)?;
    Ok((kept, progress.forget(exercise)))
}

/// Copies the learner's file to where nothing overwrites it.
pub fn back_up(course: &Course, exercise: &Exercise) -> Result<PathBuf> {
    let folder = PathBuf::from(FOLDER).join("backup").join(&exercise.name);
    fs::create_dir_all(course.root.join(&folder))
        .with_context(|| format!("could not make {}; nothing was changed", folder.display()))?;
    let name = free_name(&course.root.join(&folder).join("lib.rs"), "kept");
    let text = read_text(&course.root.join(exercise.source()))?;
    fs::write(&name, text)
        .with_context(|| format!("could not write {}; nothing was changed", name.display()))?;
    Ok(folder.join(name.file_name().unwrap_or_default()))
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
