//! What we ask of rustc that it promises nobody: tried when the base is built, so that a newer Rust says so in plain words.

use crate::process;
use anyhow::{Context, Result, bail};
use launcher::PASS;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The newest Rust that all of this is known to work with.
const NEWEST_KNOWN: (u32, u32) = (1, 95);

/// What the names of those functions begin with,
const CALLED: &str = "__tsan_";
/// and what they begin with in the libraries' code: as long, since it is written over the other.
const CALLED_BY_LIBRARIES: &str = "__over_";

/// What a rustc can do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tricks {
    /// Its atomic instructions can be interposed: the counts of an `Arc` are seen.
    pub counts: bool,
}

/// Tries everything with this rustc, in a new folder within `folder`: others may try at the same time.
///
/// # Errors
/// If something does not work with a Rust that is newer than those we know, or if a crate can't stand in for another; if
/// rustc was stopped.
pub fn try_all(rustc: &Path, version: &str, folder: &Path) -> Result<Tricks> {
    let unwritable = || format!("could not write to {}", folder.display());
    fs::create_dir_all(folder).with_context(unwritable)?;
    let own = tempfile::tempdir_in(folder).with_context(unwritable)?;
    let folder = own.path();
    let compile = |name: &str, source: &str, arguments: &[&str]| -> Result<bool> {
        let file = folder.join(format!("{name}.rs"));
        fs::write(&file, source).with_context(unwritable)?;
        let mut command = Command::new(rustc);
        command.current_dir(folder).env_remove("RUSTC_BOOTSTRAP").env_remove("RUSTFLAGS");
        command.args(["--edition", "2024", "--crate-name", name]).args(arguments).arg(file);
        let output = command.output().with_context(|| format!("could not start {}", rustc.display()))?;
        if output.status.code().is_none() {
            bail!("rustc was stopped: {}; please try again", process::describe(output.status));
        }
        Ok(output.status.success())
    };
    let rlib = ["--crate-type", "rlib"];
    let object: Vec<&str> = ["--crate-type", "lib", "--emit", "obj"].into_iter().chain(PASS).collect();

    let stands_in = compile("probe_std", STD, &rlib)?
        && compile(
            "over_std",
            OVER_STD,
            &["--crate-type", "lib", "--emit", "metadata", "--extern", "std=libprobe_std.rlib"],
        )?;
    let interposes = compile("counts", COUNTS, &object)?
        && fs::read(folder.join("counts.o")).is_ok_and(|object| {
            let called = format!("{CALLED}atomic{}_fetch_add", usize::BITS);
            object.windows(called.len()).any(|part| part == called.as_bytes())
        });
    let runs_tests = compile("probe_test", TEST, &rlib)?
        && compile(
            "over_test",
            OVER_TEST,
            &["--test", "--emit", "metadata", "--extern", "test=libprobe_test.rlib"],
        )?;

    let broken = [
        (stands_in, "a crate that stands in for `std`"),
        (runs_tests, "a crate that stands in for `test`"),
        // On a platform where the pass has never worked, all else does.
        (interposes || !is_newer(version), "calls in place of atomic instructions (`-C passes=tsan`)"),
    ];
    if let Some((_, what)) = broken.iter().find(|(works, _)| !works) {
        if let Some(lacks) = process::memory_lacks(process::COMPILER_MEMORY) {
            bail!("rustc could not compile a program of a few lines: {lacks}");
        }
        let release = release(version).unwrap_or("this rustc");
        let (major, minor) = NEWEST_KNOWN;
        bail!(
            "the checker needs something that Rust {release} does not do: {what}\n\
             the newest Rust that is known to work is {major}.{minor}; to install it and use it in this folder, run:\n\
             rustup toolchain install {major}.{minor} && rustup override set {major}.{minor}"
        );
    }
    Ok(Tricks { counts: interposes })
}

fn release(version: &str) -> Option<&str> {
    version.lines().find_map(|line| line.strip_prefix("release: "))
}

fn is_newer(version: &str) -> bool {
    let mut numbers =
        release(version).unwrap_or_default().split(['.', '-']).map_while(|part| part.parse().ok());
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else { return true };
    (major, minor) > NEWEST_KNOWN
}

/// Whether a library defines what interposed code calls.
///
/// # Errors
/// If it can't be read.
pub fn defines_calls(rlib: &Path) -> Result<bool> {
    let bytes = fs::read(rlib).with_context(|| format!("could not read {}", rlib.display()))?;
    let called = CALLED_BY_LIBRARIES.as_bytes();
    Ok(bytes.windows(called.len()).any(|part| part == called))
}

/// Gives what the compiled libraries of a folder call other names: those of libraries' instructions. A name is text in
/// a compiled library, and the two are equally long, so nothing moves.
///
/// # Errors
/// If a library can't be read or written.
pub fn rename_calls(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))? {
        let file = entry?.path();
        if file.extension() != Some(OsStr::new("rlib")) {
            continue;
        }
        let mut bytes = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
        let places: Vec<usize> = places_of(&bytes, CALLED.as_bytes());
        if places.is_empty() {
            continue;
        }
        for place in places {
            bytes[place..place + CALLED.len()].copy_from_slice(CALLED_BY_LIBRARIES.as_bytes());
        }
        fs::write(&file, bytes).with_context(|| format!("could not write {}", file.display()))?;
    }
    Ok(())
}

fn places_of(bytes: &[u8], name: &[u8]) -> Vec<usize> {
    bytes.windows(name.len()).enumerate().filter(|(_, part)| *part == name).map(|(place, _)| place).collect()
}

const STD: &str = "
pub use ::std::*;
pub mod sync {
    pub use ::std::sync::*;
    pub struct Mutex<T>(pub T);
}
";

/// The prelude, a macro, a derive and a path each find `std` in another way.
const OVER_STD: &str = "
#[derive(Debug, Clone, Default)]
pub struct Held(pub Vec<u32>);
pub fn held() -> std::sync::Mutex<Held> {
    println!(\"\");
    std::sync::Mutex(Held::default())
}
";

const COUNTS: &str = "
pub fn count(shared: &std::sync::Arc<u32>) -> std::sync::Arc<u32> {
    std::sync::Arc::clone(shared)
}
";

/// What `#[test]` names.
const TEST: &str = "
#![allow(dead_code)]
pub struct TestDescAndFn { pub desc: TestDesc, pub testfn: TestFn }
pub struct TestDesc {
    pub name: TestName, pub ignore: bool, pub ignore_message: Option<&'static str>,
    pub source_file: &'static str, pub start_line: usize, pub start_col: usize, pub end_line: usize, pub end_col: usize,
    pub should_panic: ShouldPanic, pub compile_fail: bool, pub no_run: bool, pub test_type: TestType,
}
pub enum TestName { StaticTestName(&'static str) }
pub enum TestFn { StaticTestFn(fn() -> Result<(), String>) }
pub enum ShouldPanic { No, Yes, YesWithMessage(&'static str) }
pub enum TestType { UnitTest, IntegrationTest, DocTest, Unknown }
pub use TestName::StaticTestName;
pub use TestFn::StaticTestFn;
pub fn assert_test_result<T: std::process::Termination>(result: T) -> Result<(), String> { drop(result); Ok(()) }
pub fn test_main_static(_: &[&TestDescAndFn]) {}
";

const OVER_TEST: &str = "
#[test]
fn holds() {}
#[test]
#[should_panic(expected = \"no\")]
fn fails() { panic!(\"no\") }
";

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn this_rust_does_all_that_we_ask_of_it() {
        let folder = tempfile::tempdir().expect("a folder to try it in");
        let rustc: PathBuf = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()).into();
        let version = Command::new(&rustc).arg("-vV").output().expect("rustc runs").stdout;
        let tricks = try_all(&rustc, &String::from_utf8_lossy(&version), folder.path());
        assert_eq!(
            tricks.expect("the first lines of this file say what it is about"),
            Tricks { counts: true }
        );
    }

    #[test]
    fn only_what_comes_after_the_newest_known_is_newer() {
        for (release, newer) in
            [("1.92.0", false), ("1.95.1", false), ("1.96.0-beta.2", true), ("2.0.0", true)]
        {
            assert_eq!(is_newer(&format!("rustc\nrelease: {release}\nhost: here")), newer, "{release}");
        }
    }
}
