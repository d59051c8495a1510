//! The course's own files: which they are, and a number for what is in each. The learner's programs are none of them.

use crate::files::replace;
use crate::learner::progress::FOLDER;
use crate::learner::sources::NEW_STUB;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use walkdir::WalkDir;

/// Paths from the root, with `/` between folders, and a number for what is in each file.
pub type Tree = BTreeMap<String, String>;

/// What stands behind the name of a file of ours that the learner has edited, when a new version takes its place.
pub const YOURS: &str = "yours";

/// The course as it was when it was unpacked or last updated. A clone needs no such list, since git has it.
#[derive(Deserialize, Serialize)]
pub struct Record {
    pub release: String,
    pub files: Tree,
}

impl Record {
    /// What was kept at `root`, if anything was.
    pub fn read(root: &Path) -> Option<Record> {
        serde_json::from_slice(&fs::read(root.join(FOLDER).join("release.json")).ok()?).ok()
    }

    /// Keeps it for the next update.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn keep(&self, root: &Path) -> Result<()> {
        fs::create_dir_all(root.join(FOLDER))
            .with_context(|| format!("could not make {FOLDER}/ in the workbook; make the folder writable"))?;
        replace(&root.join(FOLDER).join("release.json"), &serde_json::to_vec(self)?)
    }
}

/// Keeps the list of a workbook that was unpacked from an archive, the first time that something is done in it. What can't be
/// kept now may be kept another time: this never fails.
pub fn remember(root: &Path, release: &str) {
    if is_clone(root) || root.join(FOLDER).join("release.json").exists() {
        return;
    }
    if let Ok(mut files) = below(root) {
        // The learner's from the beginning, whatever they were when this was written.
        files.retain(|path, _| !is_learners(path));
        let _ = Record { release: release.to_owned(), files }.keep(root);
    }
}

/// Whether git knows the workbook.
pub fn is_clone(root: &Path) -> bool {
    root.join(".git").exists()
}

/// Whether a file is a part of the learner's program: `exercises/LESSON/EXERCISE/src/…`.
pub fn is_learners(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["exercises", _, _, "src", _, ..])
}

/// All files below `root` that could be the course's.
///
/// # Errors
/// If a folder or a file can't be read.
pub fn below(root: &Path) -> Result<Tree> {
    let mut files = Tree::new();
    walk(root, &mut |path, name| {
        let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
        files.insert(name.to_owned(), digest(&bytes));
        Ok(())
    })?;
    Ok(files)
}

/// Calls `each` with every file below `root` that could be the course's, and its name there.
///
/// # Errors
/// If a folder can't be read, or `each` fails.
pub fn walk(root: &Path, each: &mut dyn FnMut(&Path, &str) -> Result<()>) -> Result<()> {
    let entries = WalkDir::new(root).min_depth(1).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        let is_built = || entry.path().join("CACHEDIR.TAG").is_file();
        let is_ours = ![".git", "target", FOLDER, NEW_STUB, "node_modules", ".DS_Store"].contains(&&*name);
        let is_kept = name.ends_with(&format!(".{YOURS}")) || name.contains(&format!(".{YOURS}-"));
        is_ours && !is_kept && !(entry.file_type().is_dir() && is_built())
    });
    for entry in entries {
        let entry = entry.with_context(|| format!("could not look through {}", root.display()))?;
        if entry.file_type().is_file() {
            let parts = entry.path().strip_prefix(root)?.iter().map(|part| part.to_string_lossy());
            each(entry.path(), &parts.collect::<Vec<_>>().join("/"))?;
        }
    }
    Ok(())
}

/// A number for what is in the file at `path`; `None` if there is none.
pub fn digest_at(path: &Path) -> Option<String> {
    fs::read(path).ok().map(|bytes| digest(&bytes))
}

/// A number for `bytes` that does not depend on how lines end: git may have changed that on the way.
pub fn digest(bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in bytes.split_inclusive(|byte| *byte == b'\n') {
        match part.strip_suffix(b"\r\n") {
            Some(line) => {
                hash.update(line);
                hash.update(b"\n");
            }
            None => hash.update(part),
        }
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
