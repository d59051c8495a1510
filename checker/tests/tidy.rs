//! Policy, as a test rather than as prose.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every file of ours with this extension, as its path in the workbook and its text.
fn files(extension: &str) -> Vec<(String, String)> {
    let root = root();
    let ours = |name: &str| !name.starts_with('.') && name != "target" && name != "node_modules";
    let entries = WalkDir::new(&root).sort_by_file_name().into_iter();
    let entries =
        entries.filter_entry(|entry| entry.depth() == 0 || ours(&entry.file_name().to_string_lossy()));
    let paths = entries.map(|entry| entry.unwrap().into_path());
    let wanted = paths.filter(|path| path.is_file() && path.extension().is_some_and(|it| it == extension));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), text)
    };
    wanted.map(read).collect()
}

/// Programs that stand for someone's submission.
fn is_variant(path: &str) -> bool {
    path.contains("/accepted/") || path.contains("/rejected/")
}

#[track_caller]
fn nothing_in(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_program_of_ours_exits_on_the_spot() {
    // The child's own watchdog ends a step that nothing else can end.
    let allowed = [
        "checker/harness/src/watchdog.rs",
        "checker/harness/src/real.rs",
        // Where a second signal ends the program on the spot, since that is what it asks for.
        "exercises/11-graceful-shutdown/executor/src/main.rs",
        "exercises/13-capstone/link-checker/src/main.rs",
        "lessons/wild/src/bin/11_drain.rs",
        // Stands where libtest ends the process.
        "checker/simtest/src/lib.rs",
        "checker/simstd/tests/suite/ends.rs",
    ];
    // In two parts, so that this file does not name it.
    let call = ["process", "exit("].join("::");
    let wrong = files("rs").into_iter().filter(|(path, text)| {
        let learners = is_variant(path)
            || path.starts_with("checker/tests/cli/hostile.rs")
            // The programs that it explores are in strings.
            || path.starts_with("checker/tests/explore/")
            || path.starts_with("checker/tests/hostile/");
        let code = |line: &&str| !line.trim_start().starts_with("//");
        !learners
            && !allowed.contains(&path.as_str())
            && text.lines().filter(code).any(|line| line.contains(&call))
    });
    nothing_in(wrong.map(|(path, _)| format!("{path}: return an ExitCode from main instead")).collect());
}

#[test]
fn every_exercise_has_a_solution_and_every_solution_an_exercise() {
    let folders = |top: &str| -> BTreeSet<PathBuf> {
        let top = root().join(top);
        let found = WalkDir::new(&top).min_depth(2).max_depth(2).into_iter().map(Result::unwrap);
        let found = found.filter(|entry| entry.path().join("Cargo.toml").is_file());
        found.map(|entry| entry.path().strip_prefix(&top).unwrap().to_owned()).collect()
    };
    let (exercises, solutions) = (folders("exercises"), folders("solutions"));
    let lonely = exercises.symmetric_difference(&solutions);
    nothing_in(
        lonely.map(|it| format!("{} is not in both exercises/ and solutions/", it.display())).collect(),
    );
}

/// Its story says that somebody's test is green: whoever doubts that can run it.
#[test]
fn every_program_to_repair_has_the_test_of_its_story() {
    let is_repair = |manifest: &PathBuf| {
        let manifest = manifest.join("Cargo.toml");
        fs::read_to_string(manifest).is_ok_and(|text| text.contains("kind = \"repair\""))
    };
    let folders = WalkDir::new(root().join("exercises")).min_depth(2).max_depth(2).into_iter();
    let repairs: Vec<PathBuf> = folders.map(|entry| entry.unwrap().into_path()).filter(is_repair).collect();
    assert!(repairs.len() >= 12, "{} programs to repair", repairs.len());
    // Not `src`, where a learner may have written another program.
    let has_test = |folder: &PathBuf| {
        let stub = fs::read_to_string(folder.join(".stub/lib.rs")).unwrap();
        stub.contains("#[test]") && stub.contains("'s ")
    };
    nothing_in(
        repairs
            .into_iter()
            .filter(|folder| !has_test(folder))
            .map(|folder| format!("{}: the stub lacks the test that its story speaks of", folder.display()))
            .collect(),
    );
}

#[test]
fn every_dependency_has_its_reason_in_the_architecture() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = manifest.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names = section.lines().filter_map(|line| Some(line.split_once('=')?.0.trim()));
    let unnamed = names.filter(|name| !name.starts_with('#') && !architecture.contains(&format!("`{name}`")));
    nothing_in(unnamed.map(|name| format!("ARCHITECTURE.md does not say what `{name}` is for")).collect());
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let wrong = files("rs").into_iter().filter(|(_, text)| !text.starts_with("//! "));
    nothing_in(
        wrong.map(|(path, _)| format!("{path}: the first line should be `//! what it is for`")).collect(),
    );
}

#[test]
fn every_variant_says_first_what_must_be_said_of_it() {
    let wrong = files("rs").into_iter().filter(|(path, text)| {
        let header = if path.contains("/rejected/") { "//! breaks: " } else { "//! accepted: " };
        is_variant(path) && !text.starts_with(header)
    });
    nothing_in(
        wrong.map(|(path, _)| format!("{path}: see CONTRIBUTING.md, a variant's first line")).collect(),
    );
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let long = files("rs")
        .into_iter()
        // Checks are a list of clauses, read one at a time.
        .filter(|(path, _)| !is_variant(path) && !path.ends_with("tests/checks.rs"))
        .filter(|(_, text)| text.lines().count() > LONGEST_FILE);
    let told = long.map(|(path, text)| format!("{path}: {} lines, of {LONGEST_FILE}", text.lines().count()));
    nothing_in(told.collect());
}

/// The modules of the checker, in layers. A module imports only from lower layers, and never from another one of its own layer.
const LAYERS: [&[&str]; 8] = [
    &["main"],
    &["commands"],
    &["watch", "author", "grade", "explore", "update"],
    &["judge", "show", "learner"],
    &["course"],
    &["parallel"],
    &["process"],
    &["files", "legible", "verdict"],
];

/// The places of this crate that the file `own` names in `use` lines and in paths, outside of its tests.
fn named(own: &str, text: &str) -> BTreeSet<String> {
    // The tests are a module at the end. A line `mod tests;` among others ends nothing.
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let above = own.rsplit_once("::").map_or(String::new(), |(above, _)| format!("{above}::"));
    let lines: Vec<String> = lines.map(|line| line.replace("super::", &format!("crate::{above}"))).collect();
    let code = lines.join("\n");
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        // `use crate::{a, b::C}` names each of what is in its braces.
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let path: String =
                name.chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
            found.insert(path.trim_end_matches(':').to_owned());
        }
    }
    found.remove("");
    found
}

#[test]
fn modules_import_only_from_lower_layers() {
    let layer = |module: &str| LAYERS.iter().position(|modules| modules.contains(&module));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in files("rs") {
        let Some(inside) = path.strip_prefix("checker/src/") else { continue };
        let module = inside.trim_end_matches(".rs").split('/').next().unwrap_or_default();
        let Some(own) = layer(module) else {
            wrong.push(format!("{path}: `{module}` has no layer; give it one in this test"));
            continue;
        };
        for name in named(&inside.trim_end_matches(".rs").replace('/', "::"), &text) {
            let other = name.split("::").next().unwrap_or_default();
            seen += 1;
            match layer(other) {
                _ if other == module => {}
                Some(below) if below > own => {}
                _ => wrong.push(format!("{path}: `{module}` must not import `{name}`")),
            }
        }
    }
    nothing_in(wrong);
    assert!(seen > 40, "only {seen} imports were found");
}

/// The files that come back to themselves along `imports`.
fn in_circles<'a>(imports: &BTreeMap<&'a String, BTreeSet<String>>) -> BTreeSet<&'a String> {
    let comes_back = |name: &&&String| {
        let (mut reached, mut waiting) = (BTreeSet::new(), vec![(**name).clone()]);
        while let Some(next) = waiting.pop() {
            waiting.extend(imports[&next].iter().filter(|it| reached.insert((*it).clone())).cloned());
        }
        reached.contains(**name)
    };
    imports.keys().filter(comes_back).copied().collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    let crates =
        ["", "engine/", "harness/", "protocol/", "mutants/"].map(|name| format!("checker/{name}src/"));
    for top in &crates {
        let sources: BTreeMap<String, String> = files("rs")
            .into_iter()
            .filter_map(|(path, text)| {
                let inside = path.strip_prefix(top.as_str())?.strip_suffix(".rs")?.replace('/', "::");
                Some((inside, text))
            })
            .collect();
        // A path leads to the file whose name is the longest beginning of it.
        let file_of = |path: &str| {
            let fits = |name: &&String| path == name.as_str() || path.starts_with(&format!("{name}::"));
            sources.keys().filter(fits).max_by_key(|name| name.len()).cloned()
        };
        let imports: BTreeMap<&String, BTreeSet<String>> = sources
            .iter()
            .map(|(name, text)| {
                let others = named(name, text).into_iter().filter_map(|path| file_of(&path));
                (name, others.filter(|other| other != name).collect())
            })
            .collect();
        seen += imports.values().map(BTreeSet::len).sum::<usize>();
        for name in in_circles(&imports) {
            wrong.push(format!("{top}: {name} imports itself by way of others"));
        }
    }
    assert!(seen > 40, "only {seen} imports were found");
    nothing_in(wrong);
}

/// The files below a folder, by their names there.
fn below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = WalkDir::new(folder).into_iter().map(|entry| entry.unwrap().into_path());
    let files = files.filter(|path| path.is_file());
    files.map(|path| (path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

#[test]
fn every_exercise_is_shipped_with_what_reset_puts_back() {
    let exercises = WalkDir::new(root().join("exercises")).min_depth(2).max_depth(2).sort_by_file_name();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for folder in exercises.into_iter().map(|entry| entry.unwrap().into_path()) {
        if !folder.join("Cargo.toml").is_file() {
            continue;
        }
        seen += 1;
        if below(&folder.join("src")) != below(&folder.join(".stub")) {
            let place = folder.strip_prefix(root()).unwrap().display().to_string();
            wrong.push(format!("{place}: copy src to .stub, which `cargo checker reset` puts back"));
        }
    }
    assert!(seen > 0, "no exercises were found");
    nothing_in(wrong);
}

#[test]
fn the_workspace_names_every_exercise_and_solution() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let lists: Vec<&str> =
        manifest.split("members = [").skip(1).map(|it| it.split(']').next().unwrap()).collect();
    let [members, default] = lists.as_slice() else { panic!("two lists of members") };
    let mut wrong = Vec::new();
    for top in ["exercises", "solutions"] {
        let folders = WalkDir::new(root().join(top)).min_depth(2).max_depth(2).sort_by_file_name();
        for folder in folders.into_iter().map(|entry| entry.unwrap().into_path()) {
            if folder.join("Cargo.toml").is_file() {
                let line = format!("    \"{}\",", folder.strip_prefix(root()).unwrap().display());
                let is_in = |list: &str| list.lines().any(|it| it == line);
                if !is_in(members) || (top == "solutions" && !is_in(default)) {
                    wrong.push(format!("Cargo.toml has no line `{}` in its lists of members", line.trim()));
                }
            }
        }
    }
    nothing_in(wrong);
}

/// The terms that lanes and messages use beside the kinds, as the glossary has them.
const TERMS: [&str; 24] = [
    "Mutex",
    "RwLock",
    "Condvar",
    "barrier",
    "channel",
    "sender",
    "receiver",
    "lock",
    "notify",
    "park",
    "join",
    "scope",
    "switch",
    "step",
    "undecided",
    "not reached",
    "unpark",
    "fence",
    "Arc",
    "Weak",
    "downgrade",
    "Waker",
    "Once",
    "stale",
];

/// A check that panics itself blames the learner for it, at a line of std's.
#[test]
fn no_explanation_speaks_of_the_insides_of_std_or_of_an_index_of_a_check() {
    let wrong = files("snap").into_iter().filter(|(path, text)| {
        let check_panicked = text.split("happened ").skip(1).any(|part| {
            let said = part.split("\n  promised").next().unwrap_or_default();
            said.contains("index out of bounds") && said.contains("checks.rs")
        });
        path.starts_with("solutions/") && (text.contains("/rustc/") || check_panicked)
    });
    nothing_in(wrong.map(|(path, _)| path).collect());
}

#[test]
fn every_term_of_a_message_is_in_the_glossary() {
    let glossary = fs::read_to_string(root().join("lessons/glossary.md")).unwrap();
    let has = |term: &str| glossary.contains(&format!("**{term}** "));
    let kinds = protocol::Kind::ALL.iter().map(|kind| kind.name());
    let missing = kinds.chain(TERMS).filter(|term| !has(term));
    nothing_in(missing.map(|term| format!("lessons/glossary.md does not explain `{term}`")).collect());
    // Sorted, so that a word can be found, in each of its parts.
    for part in glossary.split("\n## ").skip(1) {
        let terms: Vec<String> = part
            .lines()
            .filter_map(|line| Some(line.strip_prefix("**")?.split_once("**")?.0.to_lowercase()))
            .collect();
        assert!(!terms.is_empty() && terms.is_sorted(), "not in order: {terms:?}");
    }
}
