//! Other programs for an exercise, with what the checker must say of each: accepted and rejected ones.

use crate::course::{Exercise, Task};
use crate::files::read_text;
use crate::verdict::Kind;
use anyhow::{Context, Result, anyhow, bail};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// One program for an exercise.
pub struct Variant {
    /// Relative to the root of the workspace.
    pub source: PathBuf,
    pub expected: Expected,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// A stub to fill in: every check it fails reaches its `todo!()`, and at least one does.
    Unfinished,
    Passed,
    /// This finding at this clause is among the findings; no clause for one on the whole program.
    Finding {
        kind: Kind,
        clause: Option<u32>,
    },
}

impl Variant {
    /// Whether it is one of those in `accepted/` or in `rejected/`.
    pub fn is_in(&self, folder: &str) -> bool {
        self.source.parent().is_some_and(|dir| dir.ends_with(folder))
    }
}

/// The stub, the solution and all variants of `exercise`; in place of one that can't be read, why.
pub fn of(root: &Path, exercise: &Exercise) -> Vec<Result<Variant>> {
    let solution = exercise.solution_dir();
    let mut variants =
        vec![stub(exercise), Ok(Variant { source: solution.join("src/lib.rs"), expected: Expected::Passed })];
    variants.extend(sources(root, &solution.join("accepted")).map(|source| accepted(root, source?)));
    variants.extend(sources(root, &solution.join("rejected")).map(|source| rejected(root, source?)));
    variants
}

fn stub(exercise: &Exercise) -> Result<Variant> {
    let manifest = || exercise.dir.join("Cargo.toml").display().to_string();
    let expected = match (exercise.about.kind, &exercise.about.starts_with) {
        (Task::Repair, Some(text)) => {
            finding(text).with_context(|| format!("{}: starts-with", manifest()))?
        }
        (Task::Repair, None) => {
            bail!("{}: a program to repair needs `starts-with = \"clause N · finding: KIND\"`", manifest())
        }
        (_, Some(_)) => bail!("{}: `starts-with` is for `kind = \"repair\"`", manifest()),
        (_, None) => Expected::Unfinished,
    };
    Ok(Variant { source: exercise.source(), expected })
}

fn sources(root: &Path, dir: &Path) -> impl Iterator<Item = Result<PathBuf>> {
    let root = root.to_owned();
    let files = WalkDir::new(root.join(dir)).min_depth(1).max_depth(1).sort_by_file_name();
    files.into_iter().filter_map(move |entry| match entry {
        Err(error) => Some(Err(error.into())),
        Ok(entry) if entry.path().extension()? == "rs" => {
            Some(entry.path().strip_prefix(&root).map(Path::to_owned).map_err(Into::into))
        }
        Ok(_) => None,
    })
}

fn first_line(root: &Path, source: &Path) -> Result<String> {
    Ok(read_text(&root.join(source))?.lines().next().unwrap_or_default().to_owned())
}

fn accepted(root: &Path, source: PathBuf) -> Result<Variant> {
    let line = first_line(root, &source)?;
    match line.strip_prefix("//! accepted:").map(str::trim) {
        Some(means) if !means.is_empty() => Ok(Variant { source, expected: Expected::Passed }),
        _ => bail!("{}: the first line is not `//! accepted: by what means`", source.display()),
    }
}

fn rejected(root: &Path, source: PathBuf) -> Result<Variant> {
    let expected = breaks(&first_line(root, &source)?).with_context(|| source.display().to_string())?;
    Ok(Variant { source, expected })
}

/// Reads `//! breaks: clause 3 · finding: deadlock`.
fn breaks(line: &str) -> Result<Expected> {
    let shape = "the first line is not `//! breaks: clause N · finding: KIND`";
    finding(line.strip_prefix("//! breaks:").context(shape)?)
}

/// Reads `clause 3 · finding: deadlock`.
fn finding(text: &str) -> Result<Expected> {
    let shape = || anyhow!("`{}` is not `clause N · finding: KIND`", text.trim());
    let (place, finding) = text.split_once('·').ok_or_else(shape)?;
    let kind = finding.trim().strip_prefix("finding:").ok_or_else(shape)?.trim().parse()?;
    let clause = match place.trim() {
        "exercise" => None,
        place => Some(place.strip_prefix("clause").ok_or_else(shape)?.trim().parse().map_err(|_| shape())?),
    };
    Ok(Expected::Finding { kind, clause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_variant_states_its_clause_and_finding() {
        let deadlock = Expected::Finding { kind: Kind::Deadlock, clause: Some(3) };
        assert_eq!(breaks("//! breaks: clause 3 · finding: deadlock").unwrap(), deadlock);
        let forbidden = Expected::Finding { kind: Kind::Forbidden, clause: None };
        assert_eq!(breaks("//! breaks: exercise · finding: forbidden").unwrap(), forbidden);
    }

    #[test]
    fn a_misspelled_finding_is_told_what_the_kinds_are() {
        let error = breaks("//! breaks: clause 3 · finding: dedlock").unwrap_err().to_string();
        assert!(error.contains("`dedlock` is not a kind") && error.contains("deadlock"), "{error}");
    }
}
