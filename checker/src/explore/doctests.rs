//! Where a library's documentation has examples that `cargo test` would run.

use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// An example in a comment.
#[derive(Debug, Eq, PartialEq)]
pub struct Doctest {
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
}

/// Words behind a fence with which an example is still Rust that is run.
const RUN: [&str; 6] = ["rust", "should_panic", "edition2015", "edition2018", "edition2021", "edition2024"];

/// Those of the library whose root is `root`, without the files that are roots of `others`.
pub fn in_library(root: &Path, others: &[&Path]) -> Vec<Doctest> {
    let folder = root.parent().unwrap_or(root);
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = files.map(walkdir::DirEntry::into_path).filter(|file| {
        file.extension().is_some_and(|extension| extension == "rs") && !others.contains(&file.as_path())
    });
    let found = |file: PathBuf| {
        let text = fs::read_to_string(&file).unwrap_or_default();
        lines(&text).into_iter().map(|line| Doctest { file: file.clone(), line }).collect::<Vec<_>>()
    };
    files.flat_map(found).collect()
}

/// The lines at which examples begin.
fn lines(text: &str) -> Vec<usize> {
    let (mut found, mut open) = (Vec::new(), None::<&str>);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let Some(comment) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            open = None;
            continue;
        };
        let comment = comment.trim();
        let fence = ["```", "~~~"].into_iter().find(|fence| comment.starts_with(fence));
        match (open, fence) {
            (None, Some(fence)) => {
                open = Some(fence);
                let words = comment.trim_start_matches(['`', '~']).split([',', ' ']);
                if words.map(str::trim).filter(|word| !word.is_empty()).all(|word| RUN.contains(&word)) {
                    found.push(index + 1);
                }
            }
            (Some(fence), _) if comment.starts_with(fence) => open = None,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_run_unless_its_fence_says_otherwise() {
        let text = "//! ```\n//! run();\n//! ```\n\n/// ```text\n/// a table\n/// ```\n/// ```ignore\n/// no();\n/// ```\n\
                    /// ```rust,should_panic\n/// panic!();\n/// ```\nfn f() {}\n";
        assert_eq!(lines(text), [1, 11]);
    }
}
