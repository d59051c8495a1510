//! The lessons and exercises as they lie on disk, for the tests of the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

pub(crate) fn workbook() -> PathBuf {
    root().join("..")
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the folders in a folder, sorted.
pub(crate) fn folders(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).into_iter().flatten().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The folders of the lessons and of the capstone, with their text.
pub(crate) fn lessons() -> BTreeMap<String, String> {
    let numbered = |name: &String| name.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let folders = folders(&root()).into_iter().filter(numbered);
    folders.map(|name| (name.clone(), read(root().join(name).join("README.md")))).collect()
}

/// Exercises by lesson, both as folders.
pub(crate) fn exercises() -> BTreeMap<String, Vec<String>> {
    let top = workbook().join("exercises");
    let of = |lesson: String| {
        let inside = folders(&top.join(&lesson)).into_iter();
        let exercises =
            inside.filter(|name| top.join(&lesson).join(name).join("Cargo.toml").is_file()).collect();
        (lesson, exercises)
    };
    folders(&top).into_iter().map(of).collect()
}

/// A text without its blocks of code, in which nothing is a link.
pub(crate) fn prose(text: &str) -> String {
    let outside = text.split("```").step_by(2);
    outside.collect::<Vec<_>>().concat()
}

/// The anchors that mdBook gives the headings of a page.
pub(crate) fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let headings = prose
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let slug = |heading: &str| -> String {
        let kept = heading.trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    headings.map(slug).collect()
}

#[track_caller]
pub(crate) fn nothing_in(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
