//! Packing an edition of the course for a class: every exercise as it was shipped, and, if wanted, without solutions and without
//! checks that only the instructor has.

use crate::course::edition::{FILE, day};
use crate::course::{Course, Exercise};
use crate::files::{read_text, replace};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use walkdir::WalkDir;

/// What has solutions in it, or is there to make the course and not to take it.
const WITH_SOLUTIONS: [&str; 11] = [
    "solutions",
    "checker/tests",
    "checker/sample-class",
    "checker/bench",
    "checker/conformance",
    "checker/figures",
    // What it records are solutions, too.
    "lessons/simulated",
    // The chapters show its programs; only its manifest names solutions.
    "lessons/wild/Cargo.toml",
    ".ci",
    ".github",
    "CONFORMANCE.md",
];

/// Whether a file is left out of an edition without solutions.
fn is_with_solutions(path: &str) -> bool {
    WITH_SOLUTIONS.iter().any(|part| path == *part || path.starts_with(&format!("{part}/")))
}

/// What an edition is to be.
pub struct Plan<'a> {
    /// A folder that is not there yet.
    pub to: &'a Path,
    pub without_solutions: bool,
    /// As `exercise::check`.
    pub hide: &'a [String],
    pub compare_from: Option<&'a str>,
}

/// What was packed.
pub struct Packed {
    pub files: usize,
    pub hidden: usize,
}

/// Copies the course to where the plan says.
///
/// # Errors
/// If the folder is there already, a check can't be hidden, or the disk says no.
pub fn pack(course: &Course, plan: &Plan<'_>) -> Result<Packed> {
    if fs::read_dir(plan.to).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} already exists and is not empty; name a new folder", plan.to.display());
    }
    plan.compare_from.map(day).transpose()?;
    let hidden = hidden(course, plan.hide)?;
    let mut files = 0;
    for path in course.files()? {
        let slashed = path.to_string_lossy().replace('\\', "/");
        if plan.without_solutions && is_with_solutions(&slashed) {
            continue;
        }
        // A program that somebody has begun is not shipped: what is in `.stub` takes its place below.
        if course.exercises.iter().any(|it| has_stub(course, it) && path.starts_with(it.dir.join("src"))) {
            continue;
        }
        copy(&course.root.join(&path), &plan.to.join(&path))?;
        files += 1;
    }
    for exercise in course.exercises.iter().filter(|exercise| has_stub(course, exercise)) {
        let stub = course.root.join(exercise.dir.join(".stub"));
        for entry in WalkDir::new(&stub).sort_by_file_name() {
            let entry = entry.context("a stub could not be read")?;
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&stub)?;
                copy(entry.path(), &plan.to.join(&exercise.dir).join("src").join(name))?;
                files += 1;
            }
        }
    }
    for (exercise, names) in &hidden {
        let path = plan.to.join(exercise.checks());
        replace(&path, without_checks(exercise, &read_text(&path)?, names)?.as_bytes())?;
    }
    if plan.without_solutions {
        leave_members_out(&course.root, plan.to)?;
    }
    replace(&plan.to.join(FILE), about(plan).as_bytes())?;
    Ok(Packed { files, hidden: hidden.iter().map(|(_, names)| names.len()).sum() })
}

fn has_stub(course: &Course, exercise: &Exercise) -> bool {
    course.root.join(&exercise.dir).join(".stub").is_dir()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    fs::copy(from, to).with_context(|| format!("could not copy {}", from.display())).map(|_| ())
}

fn about(plan: &Plan<'_>) -> String {
    let mut text = "# What this edition of the course was made with.\n".to_owned();
    if plan.without_solutions {
        text.push_str("without = [\"solutions\"]\n");
    }
    if let Some(day) = plan.compare_from {
        let _ = writeln!(text, "compare-from = \"{day}\"");
    }
    text
}

/// The checks to hide, by exercise.
fn hidden<'a>(course: &'a Course, names: &[String]) -> Result<Vec<(&'a Exercise, Vec<String>)>> {
    let mut hidden: Vec<(&Exercise, Vec<String>)> = Vec::new();
    for name in names {
        let Some((exercise, check)) = name.split_once("::") else {
            bail!("name the check to hide with its exercise: `print-room::{name}`");
        };
        let exercise = course.exercise(exercise)?;
        match hidden.iter_mut().find(|(other, _)| other.name == exercise.name) {
            Some((_, checks)) => checks.push(check.to_owned()),
            None => hidden.push((exercise, vec![check.to_owned()])),
        }
    }
    // Known to be possible before anything is copied.
    for (exercise, names) in &hidden {
        without_checks(exercise, &read_text(&course.root.join(exercise.checks()))?, names)?;
    }
    Ok(hidden)
}

/// The file of an exercise's checks without those of these names: their lines in the list, and their functions.
fn without_checks(exercise: &Exercise, text: &str, names: &[String]) -> Result<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let clause = |line: &str| -> Option<(u32, String)> {
        let (clause, rest) = line.trim().split_once(" => ")?;
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        Some((clause.parse().ok()?, name)).filter(|_| line.trim_end().ends_with(';'))
    };
    for name in names {
        let listed: Vec<(u32, String)> = lines.iter().filter_map(|line| clause(line)).collect();
        let Some((number, _)) = listed.iter().find(|(_, other)| other == name) else {
            bail!(
                "{} has no check `{name}`; it has {}",
                exercise.name,
                join(listed.iter().map(|(_, it)| it))
            );
        };
        if listed.iter().filter(|(other, _)| other == number).count() == 1 {
            bail!("{}: clause {number} would have no check without `{name}`; hide another", exercise.name);
        }
        lines.retain(|line| clause(line).is_none_or(|(_, other)| other != *name));
        let head = format!("fn {name}(");
        let Some(start) = lines.iter().position(|line| line.starts_with(&head)) else {
            bail!("{}: the function `{name}` is not formatted as rustfmt does it", exercise.name);
        };
        let end =
            start + lines[start..].iter().position(|line| *line == "}").context("a function has an end")?;
        let above =
            lines[..start].iter().rev().take_while(|line| line.starts_with("///") || line.starts_with("#["));
        let start = start - above.count();
        lines.drain(start..=end);
    }
    let text = lines.join("\n") + "\n";
    let words: BTreeSet<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    match names.iter().find(|name| words.contains(name.as_str())) {
        Some(name) => bail!("{}: `{name}` can't be hidden, since other checks name it", exercise.name),
        None => Ok(text),
    }
}

fn join<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Takes those members out of the workspace that are not there any more.
fn leave_members_out(root: &Path, to: &Path) -> Result<()> {
    let manifest = read_text(&root.join("Cargo.toml"))?;
    let member = |line: &str| line.trim().strip_prefix('"')?.strip_suffix("\",").map(str::to_owned);
    let is_out = |member: &str| is_with_solutions(&format!("{member}/Cargo.toml"));
    let gone: BTreeSet<String> = manifest.lines().filter_map(member).filter(|it| is_out(it)).collect();
    let kept = manifest.lines().filter(|line| member(line).is_none_or(|it| !gone.contains(&it)));
    replace(&to.join("Cargo.toml"), (kept.collect::<Vec<_>>().join("\n") + "\n").as_bytes())?;
    let lock = root.join("Cargo.lock");
    if !lock.is_file() {
        return Ok(());
    }
    let mut names = BTreeSet::new();
    for member in gone {
        let manifest: toml::Table = toml::from_str(&read_text(&root.join(&member).join("Cargo.toml"))?)
            .with_context(|| format!("{member}/Cargo.toml can't be understood"))?;
        let name = manifest.get("package").and_then(|it| it.get("name")).and_then(|it| it.as_str());
        names.extend(name.map(str::to_owned));
    }
    // Cargo takes out by itself what only those needed; a member that is not there it would ask for.
    let lock = read_text(&lock)?;
    let mut parts = lock.split("[[package]]\n");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.lines().next().and_then(|line| line.strip_prefix("name = \"")).unwrap_or_default();
        if !names.contains(name.trim_end_matches('"')) {
            text.push_str("[[package]]\n");
            text.push_str(part);
        }
    }
    replace(&to.join("Cargo.lock"), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECKS: &str = "checks! {\n    1 => first;\n    1 => second simulated;\n    2 => third;\n}\n\n\
                          /// The first.\nfn first(check: &Check) {\n    a();\n}\n\nfn second(check: &Check) {\n    b();\n}\n\n\
                          fn third(check: &Check) {\n    first_of_all();\n}\n";

    fn hide(names: &[&str]) -> Result<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        without_checks(&Exercise::sample("pair"), CHECKS, &names)
    }

    #[test]
    fn a_hidden_check_is_neither_in_the_list_nor_in_the_file() {
        let text = hide(&["first"]).unwrap();
        assert!(
            !text.contains("1 => first") && !text.contains("fn first(") && !text.contains("The first"),
            "{text}"
        );
        assert!(
            text.contains("1 => second simulated;")
                && text.contains("fn second(")
                && text.contains("fn third(")
        );
    }

    #[test]
    fn a_clause_keeps_a_check_that_everybody_has() {
        assert!(hide(&["third"]).unwrap_err().to_string().contains("clause 2 would have no check"));
        assert!(hide(&["first", "second"]).unwrap_err().to_string().contains("clause 1 would have no check"));
        assert!(hide(&["fourth"]).unwrap_err().to_string().contains("it has `first`, `second`, `third`"));
    }
}
