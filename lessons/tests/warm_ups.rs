//! A lesson begins with a warm-up: one idea, and five to ten minutes.

use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The lesson that has one exercise, and no first step.
const CAPSTONE: &str = "13-capstone";
/// How many statements a learner writes. An arm of a `match` counts as one.
const STATEMENTS: usize = 5;
const MINUTES: std::ops::RangeInclusive<u32> = 5..=10;

fn workbook() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folders(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Each lesson with its warm-up, both as folders, and the warm-up's minutes.
fn warm_ups() -> Vec<(String, String, u32)> {
    let mut found = Vec::new();
    for lesson in folders(&workbook().join("exercises")).into_iter().filter(|it| it != CAPSTONE) {
        let folder = workbook().join("exercises").join(&lesson);
        let mut own = Vec::new();
        for name in folders(&folder) {
            let Ok(manifest) = fs::read_to_string(folder.join(&name).join("Cargo.toml")) else { continue };
            let manifest: toml::Table = toml::from_str(&manifest).unwrap();
            let about = &manifest["package"]["metadata"]["workbook"];
            if about.get("kind").and_then(toml::Value::as_str) == Some("warm-up") {
                let minutes = about["minutes"].as_integer().unwrap();
                own.push((lesson.clone(), name, u32::try_from(minutes).unwrap()));
            }
        }
        assert_eq!(own.len(), 1, "{lesson} has one warm-up: {own:?}");
        found.append(&mut own);
    }
    found
}

#[test]
fn each_lesson_has_a_warm_up_and_its_chapter_lists_it_first() {
    let all = warm_ups();
    assert_eq!(all.len(), 13);
    for (lesson, name, minutes) in all {
        let chapter = read(workbook().join("lessons").join(&lesson).join("README.md"));
        let section = chapter.rsplit("\n## Exercises\n").next().unwrap();
        let first = section.lines().find(|line| line.starts_with("1. ")).unwrap();
        assert!(first.starts_with(&format!("1. `{name}`")), "{lesson} begins with {first}");
        assert!(MINUTES.contains(&minutes), "{name}: {minutes} minutes, of {MINUTES:?}");
    }
}

/// The statements and arms of a program. The text in the braces of one belongs to others.
#[derive(Default)]
struct Parts<'a> {
    text: &'a str,
    found: Vec<String>,
}

impl Parts<'_> {
    fn add(&mut self, part: &impl Spanned) {
        let (mut own, mut depth) = (String::new(), 0);
        for c in self.text[part.span().byte_range()].chars() {
            depth += i32::from(c == '{');
            if depth == 0 && !c.is_whitespace() {
                own.push(c);
            }
            depth -= i32::from(c == '}');
        }
        self.found.push(own);
    }
}

impl<'ast> Visit<'ast> for Parts<'_> {
    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        self.add(statement);
        visit::visit_stmt(self, statement);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.add(arm);
        visit::visit_arm(self, arm);
    }
}

fn parts(text: &str) -> Vec<String> {
    let mut parts = Parts { text, found: Vec::new() };
    parts.visit_file(&syn::parse_file(text).unwrap());
    parts.found
}

/// The statements of `solution` that `stub` does not have.
fn written(stub: &str, solution: &str) -> Vec<String> {
    let mut given = parts(stub);
    let is_new = |part: &String| match given.iter().position(|it| it == part) {
        Some(place) => {
            given.swap_remove(place);
            false
        }
        None => true,
    };
    parts(solution).into_iter().filter(is_new).collect()
}

#[test]
fn a_warm_up_asks_for_at_most_five_statements() {
    for (lesson, name, _) in warm_ups() {
        let source = |top, file| read(workbook().join(top).join(&lesson).join(&name).join(file));
        let written = written(&source("exercises", ".stub/lib.rs"), &source("solutions", "src/lib.rs"));
        assert!(
            (1..=STATEMENTS).contains(&written.len()),
            "{name}: {} statements\n{written:#?}",
            written.len()
        );
    }
}
