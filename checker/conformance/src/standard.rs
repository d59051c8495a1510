//! std's own suites, from Rust's sources, without the tests of what is not stable.
//!
//! They are compiled as stable code. So a test that needs an unstable part of std does not compile; it is taken
//! out of a copy, by the places that rustc names, and counted by its name. `std::sync::poison::Mutex` and its like are
//! named as they are on stable. Nothing else of the text is changed.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use simcargo::{CompileError, Package, Program, StandIns, Target};

use crate::fetch::write_if_new;

/// The files of std's suites that are about threads, locks, channels, thread-locals and time.
pub(crate) const FILES: [&str; 13] = [
    "sync/barrier",
    "sync/condvar",
    "sync/lazy_lock",
    "sync/mpsc",
    "sync/mpsc_sync",
    "sync/mutex",
    "sync/once",
    "sync/once_lock",
    "sync/rwlock",
    "thread",
    "thread_local/dynamic_tests",
    "thread_local/tests",
    "time",
];

/// How often tests are taken out before we give up: each round shows what hid behind the errors before it.
const ROUNDS: usize = 12;

/// The roots of std's suites have helpers for their files. These are ours: locks are those that poison, and the
/// random numbers are the schedule's.
const ROOT: &str = r#"//! Runs a file of std's suites.
#![allow(warnings)]

#[track_caller]
fn result_unwrap<T, E: std::fmt::Debug>(x: Result<T, E>) -> T {
    x.unwrap()
}

macro_rules! nonpoison_and_poison_unwrap_test {
    (name: $name:ident, test_body: {$($test_body:tt)*}) => {
        #[test]
        fn $name() {
            use super::result_unwrap as maybe_unwrap;
            use ::std::sync as locks;
            $($test_body)*
        }
    }
}
use nonpoison_and_poison_unwrap_test;

mod common {
    pub(crate) fn test_rng() -> rand::ThreadRng {
        rand::rng()
    }
}
"#;

/// Rust's sources.
pub(crate) struct Standard {
    tests: PathBuf,
    folder: PathBuf,
    pub(crate) version: String,
}

/// A file of which as much compiles as can.
pub(crate) struct Prepared {
    pub(crate) programs: Vec<Program>,
    /// The names of the tests that were taken out.
    pub(crate) taken_out: Vec<String>,
}

impl Standard {
    pub(crate) fn open(library: &Path, out: &Path) -> Result<Self> {
        let tests = library.join("std/tests");
        if !tests.join("sync").is_dir() {
            bail!(
                "{} has no std/tests/sync; give the library folder of Rust's sources, 1.87 or later",
                library.display()
            );
        }
        // Rust's sources say which they are beside the library.
        let version = fs::read_to_string(library.join("../src/version"));
        let version = version.context("Rust's sources have their version in src/version")?.trim().to_owned();
        let folder = out.join("packages").join(format!("std-{version}"));
        fs::create_dir_all(folder.join("tests"))?;
        fs::create_dir_all(folder.join("suites"))?;
        fs::create_dir_all(folder.join("src"))?;
        write_if_new(&folder.join("src/lib.rs"), "")?;
        let manifest =
            "[package]\nname = \"std-suites\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
        write_if_new(&folder.join("Cargo.toml"), manifest)?;
        Ok(Self { tests, folder, version })
    }

    /// Compiles a file, taking out what does not compile.
    pub(crate) fn prepare(&self, stand_ins: &StandIns, name: &str, rand: &[OsString]) -> Result<Prepared> {
        let module = name.replace('/', "_");
        let published = self.tests.join(format!("{name}.rs"));
        let text = fs::read_to_string(&published)
            .with_context(|| format!("could not read {}", published.display()))?;
        // `sync::poison` is not stable; what it has is in `sync`, by the same names.
        let text = text.replace("std::sync::poison::", "std::sync::");
        // Stable code has no features.
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.iter_mut().filter(|line| line.starts_with("#![feature(")).for_each(String::clear);
        let copy = self.folder.join("suites").join(format!("{module}.rs"));
        let root = format!("{ROOT}\n#[path = \"../suites/{module}.rs\"]\nmod suite;\n");
        write_if_new(&self.folder.join("tests").join(format!("{module}.rs")), &root)?;
        let mut taken_out = BTreeSet::new();
        let mut rustc: Vec<OsString> = vec!["--cfg".into(), "miri".into()];
        rustc.extend_from_slice(rand);
        for _ in 0..ROUNDS {
            write_if_new(&copy, &(lines.join("\n") + "\n"))?;
            let package = Package {
                manifest: self.folder.join("Cargo.toml"),
                target: Target::Test(module.clone()),
                cargo: Vec::new(),
                rustc: rustc.clone(),
                within: None,
            };
            let (programs, errors) = stand_ins.build(&package)?;
            if errors.is_empty() {
                return Ok(Prepared { programs, taken_out: taken_out.into_iter().collect() });
            }
            if !take_out(&mut lines, &errors, &copy, &mut taken_out) {
                bail!("std's {name} does not compile:\n{}", errors[0].rendered);
            }
        }
        bail!("std's {name} still does not compile after {ROUNDS} rounds")
    }
}

/// Takes out what the errors are in; whether that was anything.
fn take_out(
    lines: &mut [String],
    errors: &[CompileError],
    file: &Path,
    taken_out: &mut BTreeSet<String>,
) -> bool {
    let ours = |path: &Path| path.ends_with(Path::new("suites").join(file.file_name().unwrap_or_default()));
    let places = errors.iter().flat_map(|error| &error.places).filter(|place| ours(&place.file));
    // From the end, so that columns before it stay right; one place may be named twice.
    let places: BTreeSet<_> = places
        .map(|place| Reverse((place.line_start - 1, place.column_start - 1, place.column_end - 1)))
        .collect();
    // Found before anything is taken out, since a blank line belongs to whatever is above it.
    let items: BTreeSet<_> = places.iter().map(|Reverse((line, ..))| item(lines, *line)).collect();
    let (imports, others): (Vec<_>, Vec<_>) =
        items.iter().partition(|(begin, _)| lines[*begin].starts_with("use "));
    for Reverse((line, begin, end)) in &places {
        if imports.iter().any(|(first, last)| (first..=last).contains(&line)) {
            lines[*line] = without_name(&lines[*line], *begin, *end);
        }
    }
    for (begin, end) in others {
        taken_out.extend(tests(&lines[begin..=end]));
        lines[begin..=end].iter_mut().for_each(String::clear);
    }
    !items.is_empty()
}

/// A line of an import without the name at these columns: in a list the name goes, alone the whole line.
fn without_name(line: &str, begin: usize, end: usize) -> String {
    let name: String = line.chars().skip(begin).take(end - begin).collect();
    if line.starts_with("use ") && !line.contains('{') {
        return String::new();
    }
    let line = line.replacen(&format!("{name}, "), "", 1);
    line.replacen(&format!(", {name}"), "", 1)
}

/// The item that a line is in, as rustfmt lays items out: it begins and ends in the first column, and its
/// attributes and comments are above it.
fn item(lines: &[String], line: usize) -> (usize, usize) {
    let opens = |line: &str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let above = |line: &str| line.starts_with("#[") || line.starts_with("//");
    let mut begin = line;
    while begin > 0 && !opens(&lines[begin]) && !above(&lines[begin]) {
        begin -= 1;
    }
    let mut head = begin;
    while head + 1 < lines.len() && !opens(&lines[head]) {
        head += 1;
    }
    while begin > 0 && above(&lines[begin - 1]) {
        begin -= 1;
    }
    let ends = |line: &str| line.ends_with(';') || line.ends_with('}');
    let mut end = head;
    let one_line = ends(&lines[head]);
    while !one_line && end + 1 < lines.len() && !lines[end].starts_with(['}', ')', ']']) {
        end += 1;
    }
    (begin, end)
}

/// The names of the tests in an item.
fn tests(item: &[String]) -> Vec<String> {
    let is_test = item.iter().any(|line| line.trim() == "#[test]");
    let named = |line: &String| {
        let line = line.trim();
        let function = line.strip_prefix("fn ").filter(|_| is_test).and_then(|rest| rest.split_once('('));
        let by_macro = line.strip_prefix("name: ").and_then(|rest| rest.split_once(','));
        function.or(by_macro).map(|(name, _)| name.to_owned())
    };
    item.iter().find_map(named).into_iter().collect()
}

#[cfg(test)]
mod checks {
    use super::*;

    const FILE: &str = "\
use std::sync::{Arc, MappedMutexGuard, Mutex};
use std::sync::mpmc::Sender;

fn helper() {
    one();
}

// A remark.
#[test]
#[cfg(unix)]
fn first() {
    helper();
}
#[test]
fn second() {}

made_by!(
    name: third,
    test_body: {
        helper();
    }
);";

    fn lines() -> Vec<String> {
        FILE.lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_item_goes_with_its_attributes_and_no_further() {
        let lines = lines();
        let of = |line: usize| item(&lines, line);
        assert_eq!(of(4), (3, 5));
        assert_eq!(of(11), (7, 12));
        assert_eq!(of(8), (7, 12));
        assert_eq!(of(14), (13, 14));
        assert_eq!(of(19), (16, 21));
        assert_eq!(tests(&lines[7..=12]), ["first"]);
        assert_eq!(tests(&lines[16..=21]), ["third"]);
        assert!(tests(&lines[3..=5]).is_empty());
    }

    #[test]
    fn a_name_goes_from_a_list_of_imports_and_an_import_of_its_own_as_a_whole() {
        let lines = lines();
        assert_eq!(without_name(&lines[0], 21, 37), "use std::sync::{Arc, Mutex};");
        assert_eq!(without_name(&lines[0], 39, 44), "use std::sync::{Arc, MappedMutexGuard};");
        assert_eq!(without_name(&lines[1], 15, 19), "");
    }
}
