//! Does what was planned, one file at a time. It may be interrupted at any moment, and done again from the beginning.

use super::pending::place;
use super::plan::{Change, Plan, Was};
use super::tree::{YOURS, digest_at, is_learners};
use crate::files::{free_name, replace};
use crate::learner::progress::FOLDER;
use crate::learner::sources::NEW_STUB;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Makes all changes of `plan`. `before` is asked before each, and can end it.
///
/// # Errors
/// If a file can't be written, or `before` says so. What was done stays done.
pub fn apply(root: &Path, plan: &mut Plan, before: &mut dyn FnMut() -> Result<()>) -> Result<()> {
    let keeps_removed = plan.commits.is_none();
    for index in 0..plan.changes.len() {
        before()?;
        let kept = match plan.changes[index].clone() {
            Change::Put { path, was, will_be } => {
                if matches!(was, Was::Unsure(_)) && !backup(root, &plan.from).join(&path).exists() {
                    copy(root, &root.join(&path), &backup(root, &plan.from).join(&path))?;
                }
                put(root, &path, &was, &will_be)?
            }
            Change::Take { path, was } => take(root, &path, &was, keeps_removed.then_some(&plan.from))?,
            Change::Move { from, to } => {
                let to = root.join(to);
                if !to.exists() {
                    copy(root, &root.join(from), &to)?;
                }
                None
            }
            Change::Beside { path, will_be } => {
                let place = root.join(&path);
                if digest_at(&place).as_ref() != Some(&will_be) {
                    // From the copy that `reset` puts back, or from where the program of a fresh clone lies.
                    bring(root, &staged_for(&path), &place)?;
                }
                None
            }
        };
        if let Some(kept) = kept.filter(|kept| !plan.news.kept.contains(kept)) {
            plan.news.kept.push(kept);
            write_down(root, plan)?;
        }
    }
    Ok(())
}

/// Keeps the plan where the next call finds it.
///
/// # Errors
/// If it can't be written.
pub fn write_down(root: &Path, plan: &Plan) -> Result<()> {
    replace(&place(root).join("plan.json"), &serde_json::to_vec(plan)?)
}

/// The file of the new version that is put beside a program: it is the program's stub.
fn staged_for(path: &str) -> String {
    path.replacen(&format!("/{NEW_STUB}/"), "/src/", 1)
}

/// Puts the new version's file at `path`. Returns where the learner's own is kept.
fn put(root: &Path, path: &str, was: &Was, will_be: &String) -> Result<Option<String>> {
    let place = root.join(path);
    let now = digest_at(&place);
    if now.as_ref() == Some(will_be) {
        return Ok(None);
    }
    let is_edited = match (was, &now) {
        (_, None) => false,
        (Was::Ours(was) | Was::Unsure(was), Some(now)) => was != now,
        (Was::Nothing | Was::Edited, Some(_)) => true,
    };
    if is_edited && is_learners(path) {
        // It was begun while the update was going on. The learner's stays.
        let beside = path.replacen("/src/", &format!("/{NEW_STUB}/"), 1);
        bring(root, path, &root.join(&beside))?;
        return Ok(None);
    }
    let kept = is_edited.then(|| keep(root, &place)).transpose()?;
    bring(root, path, &place)?;
    Ok(kept)
}

/// Keeps a file as `*.yours`, and says where.
fn keep(root: &Path, place: &Path) -> Result<String> {
    let mut name = place.as_os_str().to_owned();
    name.push(format!(".{YOURS}"));
    let mut kept = PathBuf::from(name);
    if kept.exists() && digest_at(&kept) != digest_at(place) {
        kept = free_name(place, YOURS);
    }
    copy(root, place, &kept)?;
    Ok(kept.strip_prefix(root).unwrap_or(&kept).to_string_lossy().replace('\\', "/"))
}

/// Takes away the file at `path`. `release` names a folder to keep it in: git does not have it.
fn take(root: &Path, path: &str, was: &Was, release: Option<&String>) -> Result<Option<String>> {
    let place = root.join(path);
    let Some(now) = digest_at(&place) else { return Ok(None) };
    let is_edited = !matches!(was, Was::Ours(was) if *was == now);
    if is_edited && is_learners(path) {
        return Ok(None);
    }
    let kept = is_edited.then(|| keep(root, &place)).transpose()?;
    if let Some(release) = release.filter(|_| !is_edited) {
        copy(root, &place, &backup(root, release).join(path))?;
    }
    fs::remove_file(&place).with_context(|| format!("could not remove {}", place.display()))?;
    // Folders that are empty now go, too; those that are not stay by themselves.
    let above = place.ancestors().skip(1).take_while(|folder| *folder != root);
    let _ = above.map(fs::remove_dir).take_while(Result::is_ok).count();
    Ok(kept)
}

/// Puts the staged file `path` at `place`, so that there is a whole one at any time.
fn bring(root: &Path, path: &str, to: &Path) -> Result<()> {
    copy(root, &place(root).join("new").join(path), to)
}

/// Where files of a former release are kept that git does not have.
pub fn backup(root: &Path, release: &str) -> PathBuf {
    root.join(FOLDER).join("backup").join(format!("release-{release}"))
}

/// Copies a file so that there is a whole one at any time. What is half written lies among our own files.
fn copy(root: &Path, from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    let half = place(root).join("half");
    if fs::copy(from, &half).and_then(|_| fs::rename(&half, to)).is_err() {
        // Another disk, perhaps.
        let _ = fs::remove_file(&half);
        fs::copy(from, to).with_context(|| {
            format!(
                "could not write {}; free some space, or make the file writable, and run `cargo checker update` again",
                to.display()
            )
        })?;
    }
    Ok(())
}
