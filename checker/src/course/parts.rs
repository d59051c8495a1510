//! The files that make a course, and none that happen to lie in its folder: a grading, what was handed in, what was built.

use super::Course;
use anyhow::{Context, Result};
use std::path::PathBuf;
use walkdir::{DirEntry, WalkDir};

/// What a course has at its top.
const TOP: [&str; 23] = [
    ".cargo",
    ".ci",
    ".devcontainer",
    ".github",
    ".gitignore",
    ".vscode",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONFORMANCE.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "MEASUREMENTS.md",
    "README.md",
    "TAKEN-HOME.md",
    "book",
    "checker",
    "edition.toml",
    "exercises",
    "lessons",
    "solutions",
];
/// Besides those.
const SETTINGS: [&str; 2] = ["rustfmt.toml", "rust-toolchain.toml"];
/// Nobody's part of a course, wherever it is.
const NEVER: [&str; 3] = ["target", ".git", "node_modules"];

impl Course {
    /// Every file of the course, relative to its root and in order.
    ///
    /// # Errors
    /// If a folder can't be read.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let walk = WalkDir::new(&self.root).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.depth() == 0 || is_part(entry)) {
            let entry = entry.context("the course could not be walked")?;
            // A link leads to somewhere else.
            if entry.file_type().is_file() {
                found.push(entry.path().strip_prefix(&self.root)?.to_owned());
            }
        }
        Ok(found)
    }
}

fn is_part(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let at_top = entry.depth() > 1 || TOP.contains(&&*name) || SETTINGS.contains(&&*name);
    // A grading names people.
    at_top && !NEVER.contains(&&*name) && !entry.path().join("people.json").is_file()
}
