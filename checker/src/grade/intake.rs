//! From what an LMS hands out to one folder of files a learner: who handed in what, and what can't be taken.

use super::archive::{self, Entry, Refused};
use super::assignment::Assignment;
use super::late::Late;
use super::lms::{Key, Layout};
use super::roster::Roster;
use crate::course::Exercise;
use crate::legible;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// What one file, and one exercise of one learner, may have at the most.
const FILES: usize = 100;
const FILE_BYTES: usize = 256 << 10;

/// Everything that was handed in, by learner, in the order of their keys.
pub struct Intake {
    pub layout: Layout,
    pub submissions: Vec<Submission>,
    /// What belongs to nobody, with the reason: it is named, and nothing is lost by it.
    pub strays: Vec<String>,
}

/// What is given when submissions are taken in.
pub struct Source<'a> {
    /// A folder or an archive.
    pub from: &'a Path,
    pub assignment: &'a Assignment,
    pub roster: &'a Roster,
    /// When each was handed in, for an LMS that does not say so itself.
    pub submitted: &'a BTreeMap<Key, Late>,
}

/// What one learner, or one group, handed in at one time.
pub struct Submission {
    pub key: Key,
    pub late: Late,
    /// By exercise, for each exercise of the assignment.
    pub parts: BTreeMap<String, Part>,
}

/// What was handed in for one exercise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// The files below `src/`, by their paths from there.
    Taken(BTreeMap<String, Vec<u8>>),
    NotSubmitted,
    /// Something is there, and a person has to look at it.
    Refused(String),
}

impl Part {
    /// A number that stands for the files: the same names with the same bytes, and no others, have it.
    pub fn digest(&self) -> Option<String> {
        let Part::Taken(files) = self else { return None };
        let mut hash = Sha256::new();
        for (path, bytes) in files {
            hash.update((path.len() as u64).to_be_bytes());
            hash.update(path.as_bytes());
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        Some(super::hex(&hash.finalize()))
    }
}

/// Reads everything that was handed in: a folder, or an archive as an LMS hands it out.
///
/// # Errors
/// If it can't be read, or has nothing in it that is somebody's.
pub fn read(source: &Source<'_>, exercises: &[&Exercise]) -> Result<Intake> {
    let from = source.from;
    let (mut entries, mut refused) = archive::open(from)?;
    let folder = from.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let layout = source.assignment.layout.unwrap_or_else(|| Layout::of(&folder, &entries));
    if layout == Layout::Folders && from.is_file() {
        unwrap(&mut entries, &mut refused, exercises);
    }
    let mut strays: Vec<String> = refused.iter().map(Refused::to_string).collect();
    let mut bundles: BTreeMap<(Key, Attempt), Bundle> = BTreeMap::new();
    for entry in entries {
        match layout.whose(&folder, &entry.path) {
            Some(place) => {
                let (attempt, rest) = Attempt::of(&place.rest);
                let late = Late::at(&attempt.name).unwrap_or(place.late);
                let bundle = bundles.entry((place.key, attempt)).or_default();
                if late != Late::Unknown {
                    bundle.late = late;
                }
                bundle.entries.push(Entry { path: rest, ..entry });
            }
            None => strays.push(format!("{}: it is in no learner's folder", entry.path)),
        }
    }
    // Whoever handed in nothing that can be read has handed in something.
    for refused in refused {
        if let Some(place) = layout.whose(&folder, &refused.path) {
            let (attempt, rest) = Attempt::of(&place.rest);
            let bundle = bundles.entry((place.key, attempt)).or_default();
            bundle.refused.push(Refused { path: rest, ..refused });
        }
    }
    if bundles.is_empty() {
        bail!(
            "{} contains no submission\n{}",
            from.display(),
            "it should be a folder with one folder for each learner, or the archive that Canvas or Moodle makes of all submissions"
        );
    }
    let latest: BTreeMap<Key, Attempt> = bundles.keys().cloned().collect();
    let there = latest.keys().cloned().collect();
    if let Some(key) = source.submitted.keys().find(|key| !latest.contains_key(key)) {
        bail!("`{key}` has a time of submission, but handed in nothing; is the key right?");
    }
    let mut submissions: Vec<Submission> = Vec::new();
    for ((key, attempt), bundle) in bundles {
        let said = source.submitted.get(&key).filter(|_| latest[&key] == attempt);
        let late = said.unwrap_or(&bundle.late).clone();
        submissions.push(Submission { late, parts: bundle.parts(exercises), key });
    }
    for key in source.roster.missing(&there) {
        let none = exercises.iter().map(|exercise| (exercise.name.clone(), Part::NotSubmitted));
        submissions.push(Submission { key, late: Late::Unknown, parts: none.collect() });
    }
    // Stable: the attempts of one key stay in their order.
    submissions.sort_by(|a, b| a.key.cmp(&b.key));
    // Whoever named these files may have written for the terminal.
    let strays = strays.iter().map(|stray| legible::line(stray)).collect();
    Ok(Intake { layout, submissions, strays })
}

/// Takes off the one folder that an archive's maker has put around all others.
fn unwrap(entries: &mut [Entry], refused: &mut [Refused], exercises: &[&Exercise]) {
    let Some(top) =
        entries.first().and_then(|entry| entry.path.split_once('/')).map(|(top, _)| format!("{top}/"))
    else {
        return;
    };
    let is_learners = |entry: &Entry| {
        let second = entry.path.strip_prefix(&top).and_then(|rest| rest.split_once('/'));
        second.is_some_and(|(second, _)| {
            let known = exercises.iter().any(|it| it.name == second || it.crate_name() == second);
            !known && second != "src" && second != "exercises" && !second.starts_with("attempt-")
        })
    };
    if entries.iter().all(is_learners) {
        let paths = entries.iter_mut().map(|entry| &mut entry.path);
        for path in paths.chain(refused.iter_mut().map(|refused| &mut refused.path)) {
            *path = path.strip_prefix(&top).unwrap_or(path).to_owned();
        }
    }
}

/// One of several that a learner handed in: in a folder `attempt-2`, or `attempt-2026-03-01T12-00-00Z`, of theirs.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Attempt {
    /// What sorts before `name`: 10 comes after 9.
    number: u32,
    name: String,
}

impl Attempt {
    /// The attempt that a file belongs to, and its path there.
    fn of(path: &str) -> (Attempt, String) {
        let parts = path.strip_prefix("attempt-").and_then(|rest| rest.split_once('/'));
        let Some((name, rest)) = parts else { return (Attempt::default(), path.to_owned()) };
        let (number, name) = (name.parse().unwrap_or(u32::MAX), name.to_owned());
        (Attempt { number, name }, rest.to_owned())
    }
}

/// All files of one learner.
#[derive(Default)]
struct Bundle {
    late: Late,
    entries: Vec<Entry>,
    /// The files that could not be read.
    refused: Vec<Refused>,
}

impl Bundle {
    fn parts(&self, exercises: &[&Exercise]) -> BTreeMap<String, Part> {
        let (entries, refused) = unpacked(&self.entries);
        let only = exercises.len() == 1;
        // What would have been it, had it been a file that can be read.
        let unread = |exercise: &Exercise| {
            let would_be_it = |refused: &&Refused| {
                let file = Entry { path: refused.path.clone(), bytes: Vec::new() };
                of_exercise(exercise, only, &[file]) != Part::NotSubmitted
            };
            self.refused.iter().find(would_be_it).map(Refused::to_string)
        };
        let part = |exercise: &&Exercise| {
            let part = match of_exercise(exercise, only, &entries) {
                Part::NotSubmitted => match unread(exercise).or_else(|| refused.clone()) {
                    Some(why) => Part::Refused(why),
                    None => Part::NotSubmitted,
                },
                part => part,
            };
            (exercise.name.clone(), part)
        };
        exercises.iter().map(part).collect()
    }
}

/// The files of a submission, with those of an archive or an export that was handed in. The second value says what could
/// not be unpacked.
fn unpacked(entries: &[Entry]) -> (Vec<Entry>, Option<String>) {
    let mut files = Vec::new();
    let mut refused = None;
    for entry in entries {
        let lower = entry.path.to_lowercase();
        if lower.ends_with(".zip") {
            match archive::inner(&entry.path, &entry.bytes) {
                Ok(inside) => files.extend(inside),
                Err(error) => refused = Some(format!("{error:#}")),
            }
        } else if lower.ends_with(".json") {
            // `progress export`: other JSON is nobody's program.
            files.extend(exported(&entry.bytes));
        } else {
            files.push(Entry { path: entry.path.clone(), bytes: entry.bytes.clone() });
        }
    }
    (files, refused)
}

/// The part of `progress export` that has programs in it.
#[derive(Deserialize)]
struct Exported {
    programs: BTreeMap<String, Program>,
}

/// A program of one file, or of several by their paths below `src/`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Program {
    One(String),
    Several(BTreeMap<String, String>),
}

fn exported(bytes: &[u8]) -> Vec<Entry> {
    let Ok(export) = serde_json::from_slice::<Exported>(bytes) else { return Vec::new() };
    let mut files = Vec::new();
    for (exercise, program) in export.programs {
        let mut put = |path: &str, text: String| {
            files.push(Entry { path: format!("{exercise}/src/{path}"), bytes: text.into_bytes() });
        };
        match program {
            Program::One(text) => put("lib.rs", text),
            Program::Several(texts) => texts.into_iter().for_each(|(path, text)| put(&path, text)),
        }
    }
    files
}

/// What of `entries` belongs to `exercise`; `only` if it is the assignment's only one.
fn of_exercise(exercise: &Exercise, only: bool, entries: &[Entry]) -> Part {
    let names = [exercise.name.clone(), exercise.crate_name()];
    let mut roots: Vec<String> = Vec::new();
    let mut bare: Vec<&Entry> = Vec::new();
    for entry in entries {
        let parts: Vec<&str> = entry.path.split('/').collect();
        match parts.as_slice() {
            [.., folder, "src", "lib.rs"] if names.iter().any(|name| name == folder) => {
                roots.push(entry.path.trim_end_matches("lib.rs").to_owned());
            }
            [.., "src", "lib.rs"] if only => roots.push(entry.path.trim_end_matches("lib.rs").to_owned()),
            [.., file] if named_after(file, &names) => bare.push(entry),
            [file] if is_lib(file) => bare.push(entry),
            [.., file] if only && is_lib(file) => bare.push(entry),
            _ => {}
        }
    }
    roots.sort();
    roots.dedup();
    let own = |entry: &&Entry| named_after(entry.path.rsplit('/').next().unwrap_or_default(), &names);
    match (roots.as_slice(), bare.as_slice()) {
        ([root], _) => below(root, entries),
        ([], []) => Part::NotSubmitted,
        ([], files) => {
            // A file that has the exercise's name says whose it is; `lib.rs` does only if there is one exercise.
            let named: Vec<&&Entry> = files.iter().filter(|entry| own(entry)).collect();
            match (named.as_slice(), files) {
                ([one], _) => single(one),
                ([], [one]) if only => single(one),
                ([], several) if only => {
                    Part::Refused(format!("{} files could be the program: {}", several.len(), list(several)))
                }
                ([], _) => Part::Refused(format!(
                    "{}: which exercise is it? put it into EXERCISE/src, with the exercise's name, or name the exercise in assignment.toml",
                    list(files)
                )),
                (several, _) => Part::Refused(format!("{} files have the exercise's name", several.len())),
            }
        }
        (several, _) => Part::Refused(format!("there are several: {}", several.join(", "))),
    }
}

fn list(entries: &[&Entry]) -> String {
    entries.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>().join(", ")
}

/// `lib.rs`, or what Canvas makes of a second upload of it: `lib-1.rs`.
fn is_lib(file: &str) -> bool {
    let stem = file.strip_suffix(".rs").unwrap_or_default();
    let number = stem.strip_prefix("lib-");
    stem == "lib" || number.is_some_and(|it| !it.is_empty() && it.bytes().all(|c| c.is_ascii_digit()))
}

fn named_after(file: &str, names: &[String]) -> bool {
    let stem = file.strip_suffix(".rs").unwrap_or_default();
    names.iter().any(|name| {
        stem.strip_prefix(name.as_str()).is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('-')
                    .is_some_and(|it| !it.is_empty() && it.bytes().all(|c| c.is_ascii_digit()))
        })
    })
}

fn single(entry: &Entry) -> Part {
    checked(BTreeMap::from([("lib.rs".to_owned(), entry.bytes.clone())]))
}

/// Everything below the folder `root`, by its path from there.
fn below(root: &str, entries: &[Entry]) -> Part {
    let mut files = BTreeMap::new();
    for entry in entries {
        if let Some(path) = entry.path.strip_prefix(root)
            && path.ends_with(".rs")
            // The exercise's own `main` and other programs are not what is judged.
            && path != "main.rs"
            && !path.starts_with("bin/")
        {
            files.insert(path.to_owned(), entry.bytes.clone());
        }
    }
    checked(files)
}

fn checked(files: BTreeMap<String, Vec<u8>>) -> Part {
    if files.len() > FILES {
        return Part::Refused(format!("{} files; at most {FILES} are allowed", files.len()));
    }
    if let Some((path, bytes)) = files.iter().find(|(_, bytes)| bytes.len() > FILE_BYTES) {
        return Part::Refused(format!("{path} has {} bytes; at most {FILE_BYTES} are allowed", bytes.len()));
    }
    let folded = |path: &String| path.to_lowercase();
    let mut seen = std::collections::BTreeSet::new();
    if let Some(path) = files.keys().find(|path| !seen.insert(folded(path))) {
        return Part::Refused(format!(
            "two files have the name {path}, if upper and lower case count as the same"
        ));
    }
    Part::Taken(files)
}

/// Writes the files of a part below `dir`, which must not be there yet.
///
/// # Errors
/// If the disk says no.
pub fn freeze(files: &BTreeMap<String, Vec<u8>>, dir: &Path) -> Result<()> {
    for (path, bytes) in files {
        let file = dir.join(path);
        let folder = file.parent().context("a file is in no folder")?;
        std::fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
        std::fs::write(&file, bytes).with_context(|| format!("could not write {}", file.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry { path: path.to_owned(), bytes: path.as_bytes().to_vec() }
    }

    fn exercise(name: &str) -> Exercise {
        Exercise::sample(name)
    }

    #[test]
    fn a_folder_of_the_workbook_is_found_wherever_it_lies() {
        let entries = [
            entry("ex/02-x/print-room/src/lib.rs"),
            entry("ex/02-x/print-room/src/tray.rs"),
            entry("x/src/lib.rs"),
        ];
        let Part::Taken(files) = of_exercise(&exercise("print-room"), false, &entries) else { panic!() };
        assert_eq!(files.keys().collect::<Vec<_>>(), ["lib.rs", "tray.rs"]);
    }

    #[test]
    fn a_bare_file_is_taken_where_there_is_one_exercise_and_refused_by_name_where_there_are_several() {
        let entries = [entry("lib-2.rs")];
        assert!(matches!(of_exercise(&exercise("print-room"), true, &entries), Part::Taken(_)));
        let Part::Refused(why) = of_exercise(&exercise("print-room"), false, &entries) else { panic!() };
        assert!(why.contains("lib-2.rs") && why.contains("which exercise"), "{why}");
    }

    #[test]
    fn a_file_with_the_name_of_the_exercise_is_it() {
        let entries = [entry("print_room.rs"), entry("lib.rs")];
        let Part::Taken(files) = of_exercise(&exercise("print-room"), false, &entries) else { panic!() };
        assert_eq!(files["lib.rs"], b"print_room.rs");
    }

    #[test]
    fn nothing_else_of_a_package_is_taken() {
        let entries =
            ["Cargo.toml", "build.rs", ".cargo/config.toml", "src/main.rs", "src/lib.rs", "tests/checks.rs"];
        let entries: Vec<Entry> = entries.iter().map(|path| entry(&format!("print-room/{path}"))).collect();
        let Part::Taken(files) = of_exercise(&exercise("print-room"), false, &entries) else { panic!() };
        assert_eq!(files.keys().collect::<Vec<_>>(), ["lib.rs"]);
    }

    #[test]
    fn attempts_are_kept_apart_in_their_order() {
        let of = |path: &str| Attempt::of(path);
        assert_eq!(of("print-room/src/lib.rs"), (Attempt::default(), "print-room/src/lib.rs".to_owned()));
        assert_eq!(of("attempt-2/lib.rs").1, "lib.rs");
        assert!(of("attempt-9/lib.rs").0 < of("attempt-10/lib.rs").0);
        assert!(of("attempt-2026-03-01T12-00-00Z/x").0 < of("attempt-2026-03-02T11-00-00Z/x").0);
    }

    #[test]
    fn the_folder_around_all_others_is_taken_off_and_no_other() {
        let unwrapped = |paths: &[&str]| {
            let mut entries: Vec<Entry> = paths.iter().map(|path| entry(path)).collect();
            unwrap(&mut entries, &mut [], &[&exercise("pair")]);
            entries.into_iter().map(|entry| entry.path).collect::<Vec<_>>()
        };
        assert_eq!(
            unwrapped(&["class/ann/pair/src/lib.rs", "class/ben/lib.rs"]),
            ["ann/pair/src/lib.rs", "ben/lib.rs"]
        );
        for own in ["ann/pair/src/lib.rs", "ann/src/lib.rs", "ann/lib.rs", "ann/attempt-1/lib.rs"] {
            assert_eq!(unwrapped(&[own]), [own]);
        }
    }

    #[test]
    fn a_digest_tells_names_and_bytes_apart() {
        let part = |path: &str, text: &str| {
            Part::Taken([(path.to_owned(), text.as_bytes().to_vec())].into()).digest()
        };
        assert_eq!(part("lib.rs", "a"), part("lib.rs", "a"));
        assert_ne!(part("lib.rs", "a"), part("lib.rs", "b"));
        assert_ne!(part("lib.rs", "a"), part("lib.rsa", ""));
    }

    #[test]
    fn programs_of_an_export_are_found() {
        let json = br#"{"progress": {}, "programs": {"print-room": "fn a() {}", "pair": {"lib.rs": "mod b;", "b.rs": ""}}}"#;
        let entries = exported(json);
        let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["pair/src/b.rs", "pair/src/lib.rs", "print-room/src/lib.rs"]);
    }
}
