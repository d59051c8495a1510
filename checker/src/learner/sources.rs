//! The files of an exercise that are the learner's: all below its `src`.

use crate::course::{Course, Exercise};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Where an exercise has its files as they were shipped, which nobody edits.
const SHIPPED: &str = ".stub";
/// Beside `src`: the stub of a new version, where the learner's program stays.
pub const NEW_STUB: &str = "src.new";
/// The program that shows what an exercise does. No check looks at it.
const MAIN: &str = "main.rs";

/// Names below a folder, with `/` between folders, and what the files hold.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The folder of the learner's files, from the root of the filesystem.
pub fn folder(course: &Course, exercise: &Exercise) -> PathBuf {
    course.root.join(&exercise.dir).join("src")
}

/// The learner's files as they are now.
///
/// # Errors
/// If one of them can't be read.
pub fn own(course: &Course, exercise: &Exercise) -> Result<Files> {
    below(&folder(course, exercise))
}

/// The files as they were shipped; `None` if the exercise has no such folder.
///
/// # Errors
/// If one of them can't be read.
pub fn shipped(course: &Course, exercise: &Exercise) -> Result<Option<Files>> {
    let folder = course.root.join(&exercise.dir).join(SHIPPED);
    folder.is_dir().then(|| below(&folder)).transpose()
}

/// The file that `name` stands for below `folder`; `None` for a name that leads out of it.
pub fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':']);
    name.split('/').all(is_plain).then(|| folder.join(name))
}

/// A number for what is judged of `files` that is the same with every compiler: FNV-1a. A program of one file has the number
/// of that file.
pub fn hash(files: &Files) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    let mut hash = files.get("lib.rs").into_iter().flatten().fold(0xcbf2_9ce4_8422_2325, step);
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "lib.rs" && *name != MAIN) {
        hash = name.as_bytes().iter().chain(&[0]).chain(bytes).chain(&[0]).fold(hash, step);
    }
    format!("{hash:016x}")
}

/// A number for what a program is judged by: the contract, the checks and the stub. Line endings don't count.
pub fn contract_hash(course: &Course, exercise: &Exercise) -> String {
    let dir = course.root.join(&exercise.dir);
    let contract = exercise.contract(&course.root).unwrap_or_default().join("\n");
    let mut files = below(&dir.join("tests")).unwrap_or_default();
    files.extend(
        below(&dir.join(SHIPPED)).unwrap_or_default().remove("lib.rs").map(|it| ("stub".to_owned(), it)),
    );
    for bytes in files.values_mut() {
        bytes.retain(|byte| *byte != b'\r');
    }
    files.insert("contract".to_owned(), contract.into_bytes());
    hash(&files)
}

/// All files below `folder`. What editors leave beside a file is none of them.
fn below(folder: &Path) -> Result<Files> {
    let is_kept = |name: &str| !name.starts_with('.') && !name.ends_with('~');
    // A link to a folder may lead anywhere, and be very large. One to a file is the learner's own way to keep it elsewhere.
    let entries = WalkDir::new(folder).min_depth(1).sort_by_file_name();
    let mut files = Files::new();
    for entry in entries.into_iter().filter_entry(|entry| is_kept(&entry.file_name().to_string_lossy())) {
        let entry = entry.with_context(|| format!("could not look through {}", folder.display()))?;
        // Neither a pipe, which would be waited for, nor a device.
        if !fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let parts = entry.path().strip_prefix(folder)?.iter().map(|part| part.to_string_lossy());
        let name = parts.collect::<Vec<_>>().join("/");
        let bytes = fs::read(entry.path());
        files.insert(name, bytes.with_context(|| format!("could not read {}", entry.path().display()))?);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn every_file_that_is_judged_counts() {
        let one = hash(&files(&[("lib.rs", "mod a;")]));
        assert_eq!(one, hash(&files(&[("lib.rs", "mod a;"), ("main.rs", "fn main() {}")])));
        let two = hash(&files(&[("a.rs", ""), ("lib.rs", "mod a;")]));
        assert_ne!(one, two);
        assert_ne!(two, hash(&files(&[("a.rs", "//"), ("lib.rs", "mod a;")])));
        assert_ne!(two, hash(&files(&[("b.rs", ""), ("lib.rs", "mod a;")])));
    }

    #[test]
    fn a_name_leads_to_a_file_in_the_folder_or_nowhere() {
        let folder = Path::new("src");
        assert_eq!(place(folder, "tray/slot.rs"), Some(folder.join("tray/slot.rs")));
        for name in ["", "/etc/passwd", "../lib.rs", "a/../../b.rs", "a//b.rs", "C:x.rs", r"..\b.rs"] {
            assert_eq!(place(folder, name), None, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_is_followed_and_one_to_a_folder_is_not() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(elsewhere.path().join("mine.rs"), "// mine").unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("mine.rs"), folder.path().join("lib.rs")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("all")).unwrap();
        assert_eq!(below(folder.path()).unwrap(), files(&[("lib.rs", "// mine")]));
    }
}
