//! Where a new version comes from: a clone's remote, a folder, or an archive. In the end it lies in a folder of ours.

use super::git::Git;
use super::pending::place;
use super::tree::{self, Record, Tree};
use crate::course::Course;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use zip::ZipArchive;

/// A new version, ready to be taken in.
pub struct Staged {
    /// Its files.
    pub folder: PathBuf,
    /// What the workbook was when it was new.
    pub base: Base,
    /// In words, such as `0.2.0 (3f1ac56)`.
    pub name: String,
    /// For a clone, what git has to be told afterwards.
    pub commits: Option<Commits>,
}

/// What the course's own files were before the learner edited any.
pub enum Base {
    /// As git has it: every file in it is the course's.
    Git(Tree),
    /// As it was written down when the workbook was used first. A file in it may be the learner's.
    Record(Tree),
    /// Nobody knows: every file that differs may be edited.
    Unknown,
}

impl Base {
    pub fn digest(&self, path: &str) -> Option<&String> {
        match self {
            Base::Git(tree) | Base::Record(tree) => tree.get(path),
            Base::Unknown => None,
        }
    }
}

/// The commit that the learner is at, the new one, and what they have in common.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct Commits {
    pub old: String,
    pub base: String,
    pub new: String,
}

/// Brings the newest version to a folder of ours; `None` if the workbook has it already. `say` is told what is being done.
///
/// # Errors
/// If it can't be had, or is older than the workbook.
pub fn stage(course: &Course, from: Option<&str>, say: &dyn Fn(&str)) -> Result<Option<Staged>> {
    let root = &course.root;
    let place = place(root);
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).with_context(|| {
        format!("could not make {}; make the workbook's folder writable", place.display())
    })?;
    match from {
        Some(path) if Path::new(path).exists() && !is_repository(Path::new(path)) => {
            unpacked(course, Path::new(path), say).map(Some)
        }
        _ if tree::is_clone(root) => fetched(course, from, say),
        Some(address) => bail!("there is no {address} here; name a folder or a .zip with the new version"),
        None => {
            let found = beside(course)?;
            unpacked(course, &found, say).map(Some)
        }
    }
}

/// A clone, or what a server has in the place of one.
fn is_repository(path: &Path) -> bool {
    path.join(".git").exists() || path.join("HEAD").is_file() && path.join("objects").is_dir()
}

fn fetched(course: &Course, from: Option<&str>, say: &dyn Fn(&str)) -> Result<Option<Staged>> {
    let git = Git::open(&course.root)?;
    let old = git.head()?;
    let (remote, branch) = git.remote(from)?;
    say(&format!("asking {remote} for a new version"));
    let new = git.fetch(&remote, &branch)?;
    if git.contains(&old, &new) {
        return Ok(None);
    }
    let folder = place(&course.root).join("new");
    git.write_out(&new, &folder)?;
    let common = git.common(&old, &new);
    let base = match &common {
        Some(base) => {
            let folder = place(&course.root).join("base");
            git.write_out(base, &folder)?;
            let files = tree::below(&folder)?;
            let _ = fs::remove_dir_all(&folder);
            Base::Git(files)
        }
        None => Record::read(&course.root).map_or(Base::Unknown, |record| Base::Record(record.files)),
    };
    let name = format!("{} ({})", Course::find(&folder)?.release(), git.short(&new));
    // Without anything in common git can't be told what became of what.
    let commits = common.map(|base| Commits { old, base, new });
    Ok(Some(Staged { folder, base, name, commits }))
}

/// The folders and archives beside the workbook that have a newer version.
fn beside(course: &Course) -> Result<PathBuf> {
    let above = course.root.parent().unwrap_or(&course.root);
    let advice = "download the new version, and name the folder or the .zip: `cargo checker update FILE`";
    let newer = |path: &PathBuf| {
        *path != course.root
            && is_workbook(path)
            && Course::find(path).is_ok_and(|it| version(it.release()) > version(course.release()))
    };
    let entries = fs::read_dir(above).with_context(|| format!("no new version was named; {advice}"))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(newer).collect();
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!(
            "there is no newer version beside the workbook, which is {} and not a clone\n{advice}",
            course.release()
        ),
        several => {
            let names: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            bail!(
                "there are several newer versions beside the workbook: {}\nname one of them",
                names.join(", ")
            )
        }
    }
}

fn is_workbook(path: &Path) -> bool {
    path.join("exercises").is_dir() && path.join("Cargo.toml").is_file()
}

/// The parts of a release, to be compared.
fn version(release: &str) -> Vec<u64> {
    release.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0)).collect()
}

fn unpacked(course: &Course, from: &Path, say: &dyn Fn(&str)) -> Result<Staged> {
    let place = place(&course.root);
    say(&format!("reading {}", from.display()));
    let opened = place.join("opened");
    let top = if from.is_dir() {
        from.to_owned()
    } else {
        let file = File::open(from).with_context(|| format!("could not read {}", from.display()))?;
        let advice =
            || format!("{} is not a .zip that can be read; unpack it, and name the folder", from.display());
        ZipArchive::new(file).and_then(|mut zip| zip.extract(&opened)).with_context(advice)?;
        opened.clone()
    };
    let inside = || fs::read_dir(&top).into_iter().flatten().flatten().map(|entry| entry.path());
    let Some(top) = std::iter::once(top.clone()).chain(inside()).find(|path| is_workbook(path)) else {
        bail!(
            "{} contains no workbook: no folder there has both `exercises/` and a Cargo.toml",
            from.display()
        );
    };
    let same = |one: &Path, other: &Path| one.canonicalize().ok() == other.canonicalize().ok();
    if same(&top, &course.root) {
        bail!("{} is this workbook itself; name the folder of the new version", from.display());
    }
    let folder = place.join("new");
    tree::walk(&top, &mut |path, name| copy(path, &folder.join(name)))?;
    let _ = fs::remove_dir_all(&opened);
    as_shipped(&folder)?;
    let new = Course::find(&folder)?;
    if version(new.release()) < version(course.release()) {
        bail!(
            "{} has the release {}, but this workbook already has {}; nothing was changed",
            from.display(),
            new.release(),
            course.release()
        );
    }
    let base = Record::read(&course.root).map_or(Base::Unknown, |record| Base::Record(record.files));
    Ok(Staged { folder, base, name: new.release().to_owned(), commits: None })
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    fs::copy(from, to).with_context(|| format!("could not write {}", to.display()))?;
    // As old as an archive says it is, cargo would take it for one that it has seen.
    if let Ok(file) = File::options().write(true).open(to) {
        let _ = file.set_modified(SystemTime::now());
    }
    Ok(())
}

/// Somebody may have worked in the folder that was named: its stubs are what was shipped.
fn as_shipped(folder: &Path) -> Result<()> {
    for exercise in &Course::find(folder)?.exercises {
        let dir = folder.join(&exercise.dir);
        let stub = dir.join(".stub");
        if stub.is_dir() {
            let _ = fs::remove_dir_all(dir.join("src"));
            tree::walk(&stub, &mut |path, name| copy(path, &dir.join("src").join(name)))?;
        }
    }
    Ok(())
}
