//! Reading what was handed in, from a folder or an archive, with limits: nothing in it is trusted, and nothing of it is
//! written to the disk here.

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{Cursor, Read, Seek};
use std::path::{Component, Path};
use walkdir::WalkDir;
use zip::ZipArchive;

/// The most that is read from one archive, or one folder.
const MOST_FILES: usize = 200_000;
const MOST_BYTES: u64 = 2 << 30;
/// The most that one learner's archive may hold.
const INNER_FILES: usize = 5_000;
const INNER_BYTES: u64 = 16 << 20;
/// The most of one file.
const FILE_BYTES: u64 = 4 << 20;
/// Folders in which nothing is anybody's program.
const SKIPPED: [&str; 4] = ["__MACOSX", "target", ".git", "node_modules"];

/// One file that was handed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// With `/` between folders, and no `..` in it.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// A file that is not read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// Empty where the path itself is why.
    pub path: String,
    pub why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused { path, why } = self;
        if path.is_empty() { f.write_str(why) } else { write!(f, "{path} {why}") }
    }
}

fn refused(path: &str, why: impl Into<String>) -> Refused {
    Refused { path: path.to_owned(), why: why.into() }
}

const NO_FILE: &str = "is a link or a device, not a file";

/// All files at `from` that could be a part of somebody's submission, and those that were refused, each with its reason.
///
/// # Errors
/// If `from` is not there, can't be read, or is larger than any class's.
pub fn open(from: &Path) -> Result<(Vec<Entry>, Vec<Refused>)> {
    if from.is_dir() {
        return folder(from);
    }
    let file = File::open(from).with_context(|| format!("could not read {}", from.display()))?;
    let limits = Limits { files: MOST_FILES, bytes: MOST_BYTES };
    archive(file, &limits).with_context(|| {
        format!("{}: name a folder, or the .zip that your LMS made of all submissions", from.display())
    })
}

/// The files of an archive that one learner handed in.
///
/// # Errors
/// If it is no archive, or has in it what an archive must not have; the error names it.
pub fn inner(name: &str, bytes: &[u8]) -> Result<Vec<Entry>> {
    let limits = Limits { files: INNER_FILES, bytes: INNER_BYTES };
    let (entries, refused) = archive(Cursor::new(bytes), &limits).with_context(|| name.to_owned())?;
    match refused.first() {
        Some(why) => bail!("{name}: {why}"),
        None => Ok(entries),
    }
}

struct Limits {
    files: usize,
    bytes: u64,
}

/// Whether a path is worth reading at all.
fn wanted(path: &str) -> bool {
    let skipped = path.split('/').any(|part| SKIPPED.contains(&part) || part == ".DS_Store");
    let ending = path.rsplit('.').next().unwrap_or_default().to_lowercase();
    !skipped && ["rs", "json", "zip", "yml", "txt"].contains(&ending.as_str())
}

/// A path as an archive names it, or why it must not be.
fn safe(name: &str) -> Result<String, String> {
    let name = name.replace('\\', "/");
    if name.contains('\0') || name.chars().any(char::is_control) {
        return Err(format!("{name:?} has a control character in its name"));
    }
    let path = Path::new(&name);
    let outside = |part| !matches!(part, Component::Normal(_) | Component::CurDir);
    if path.components().any(outside) || name.starts_with('/') || name.get(1..2) == Some(":") {
        return Err(format!("the path {name} leads out of the archive"));
    }
    Ok(name.trim_start_matches("./").to_owned())
}

fn archive(file: impl Read + Seek, limits: &Limits) -> Result<(Vec<Entry>, Vec<Refused>)> {
    let mut zip = ZipArchive::new(file).context("this is not a .zip archive that can be read")?;
    if zip.len() > limits.files {
        bail!("it has {} files; at most {} are allowed", zip.len(), limits.files);
    }
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    let mut names = BTreeSet::new();
    let mut left = limits.bytes;
    for index in 0..zip.len() {
        let mut member = zip.by_index(index)?;
        if member.is_dir() {
            continue;
        }
        let path = match safe(&String::from_utf8_lossy(member.name_raw())) {
            Ok(path) => path,
            Err(why) => {
                left_out.push(refused("", why));
                continue;
            }
        };
        if member.is_symlink() || member.unix_mode().is_some_and(is_special) {
            left_out.push(refused(&path, NO_FILE));
            continue;
        }
        if !wanted(&path) {
            continue;
        }
        if !names.insert(path.to_lowercase()) {
            left_out.push(refused(&path, "is there twice (upper and lower case count as the same)"));
            continue;
        }
        // What the archive says of a size is not believed: what comes out is counted.
        let mut bytes = Vec::new();
        member.by_ref().take(FILE_BYTES.min(left) + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_BYTES {
            left_out.push(refused(&path, format!("is larger than {FILE_BYTES} bytes")));
            continue;
        }
        left = left.checked_sub(bytes.len() as u64).with_context(|| {
            format!("it holds more than {} bytes; is this an archive of submissions?", limits.bytes)
        })?;
        entries.push(Entry { path, bytes });
    }
    Ok((entries, left_out))
}

/// Whether a Unix mode is that of anything but a file; 0 where the archive has none.
fn is_special(mode: u32) -> bool {
    const KIND: u32 = 0o170_000;
    const FILE: u32 = 0o100_000;
    mode & KIND != FILE && mode & KIND != 0
}

fn folder(from: &Path) -> Result<(Vec<Entry>, Vec<Refused>)> {
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    let walk = WalkDir::new(from).sort_by_file_name().into_iter();
    let ours = |name: &str| !SKIPPED.contains(&name);
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || ours(&entry.file_name().to_string_lossy())) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                left_out.push(refused("", error.to_string()));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path().strip_prefix(from)?.to_string_lossy().replace('\\', "/");
        if !wanted(&path) {
            continue;
        }
        if !entry.file_type().is_file() {
            left_out.push(refused(&path, NO_FILE));
            continue;
        }
        let size = entry.metadata()?.len();
        if size > FILE_BYTES {
            left_out.push(refused(&path, format!("is larger than {FILE_BYTES} bytes")));
            continue;
        }
        if entries.len() == MOST_FILES {
            bail!("{} has more than {MOST_FILES} files; is it a folder of submissions?", from.display());
        }
        match fs::read(entry.path()) {
            Ok(bytes) => entries.push(Entry { path, bytes }),
            // One file of one learner is no reason to take in nobody's.
            Err(error) => left_out.push(refused(&path, format!("can't be read: {error}"))),
        }
    }
    Ok((entries, left_out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_leads_out_of_an_archive_is_refused_by_name() {
        let error = inner("mine.zip", &packed(&[("../lib.rs", b"x")])).unwrap_err();
        assert!(format!("{error:#}").contains("../lib.rs leads out"), "{error:#}");
    }

    #[test]
    fn two_names_that_are_one_where_capitals_do_not_count_are_refused() {
        let error = inner("mine.zip", &packed(&[("src/lib.rs", b"x"), ("src/Lib.rs", b"y")])).unwrap_err();
        assert!(format!("{error:#}").contains("twice"), "{error:#}");
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let error = inner("mine.zip", &packed(&[("lib.rs", &vec![b' '; 5 << 20])])).unwrap_err();
        assert!(format!("{error:#}").contains("larger than"), "{error:#}");
        let many: Vec<String> = (0..6).map(|index| format!("{index}.rs")).collect();
        let blank = vec![b' '; 3 << 20];
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), blank.as_slice())).collect();
        let error = inner("mine.zip", &packed(&many)).unwrap_err();
        assert!(format!("{error:#}").contains("holds more than"), "{error:#}");
    }

    #[test]
    fn what_is_no_archive_is_said_to_be_none() {
        let error = inner("mine.zip", b"not a zip").unwrap_err();
        assert!(format!("{error:#}").contains("not a .zip archive"), "{error:#}");
    }

    #[test]
    fn build_folders_and_what_a_mac_adds_are_passed_over() {
        let files = [("a/target/x.rs", &b"x"[..]), ("__MACOSX/a/lib.rs", b"x"), ("a/src/lib.rs", b"x")];
        let entries = inner("mine.zip", &packed(&files)).unwrap();
        assert_eq!(entries.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["a/src/lib.rs"]);
    }
}
