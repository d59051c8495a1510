//! What the launcher and the checker agree on: which commands a checker has, and how cargo is asked to build what verdicts stand on.
//! The launcher begins that while the checker itself is built, and the checker goes on from there.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the base is made of, over the real std.
const BASE: [&str; 4] = ["simstd", "simcore", "simcore-same-layout", "harness"];
/// The base is the same whatever the learner builds their own programs with.
const NOT_FOR_THE_BASE: [&str; 4] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_BOOTSTRAP"];

/// Compiles in a call wherever there would be an atomic instruction: LLVM's pass for ThreadSanitizer, without its runtime.
pub const PASS: [&str; 4] = [
    "-C",
    "passes=tsan",
    // Nothing but atomic instructions: a call at each function's beginning and end would slow the program down.
    "-C",
    "llvm-args=-tsan-instrument-func-entry-exit=0 -tsan-instrument-memory-accesses=0 -tsan-instrument-memintrinsics=0",
];

/// Tells the checker which workbook `cargo checker` was called in: a folder can be moved after it was built.
pub const WORKBOOK: &str = "CHECKER_WORKBOOK";

/// Names the `target/sim` of another workbook, whose base is read and never written: many people in a lab can share one.
pub const SHARED_BASE: &str = "CHECKER_BASE";

/// The folder that [`SHARED_BASE`] names.
#[must_use]
pub fn shared_base() -> Option<PathBuf> {
    env::var_os(SHARED_BASE).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// The cargo that started us, or the one on the PATH.
#[must_use]
pub fn cargo() -> PathBuf {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).into()
}

/// Where cargo builds the workbook that is at `root`.
#[must_use]
pub fn target_dir(root: &Path) -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root.join(dir),
        _ => root.join("target"),
    }
}

/// A `cargo build` of the base, below `target`.
#[must_use]
pub fn build_of_base(root: &Path, target: &Path) -> Command {
    let mut command = with_sim_profile(root, "build", &target.join("sim/base"));
    command.args(BASE.iter().flat_map(|package| ["-p", package])).arg("--no-default-features");
    command
}

/// Cargo with the profile of the base. `verb` is `build` or `check`.
#[must_use]
pub fn with_sim_profile(root: &Path, verb: &str, target_dir: &Path) -> Command {
    let mut command = Command::new(cargo());
    command.current_dir(root).args([verb, "--profile", "sim", "--target-dir"]).arg(target_dir);
    for variable in NOT_FOR_THE_BASE {
        command.env_remove(variable);
    }
    command
}

/// The commands that few learners call in their first hour. Their libraries take as long to build as all others, so the checker is
/// built without them until somebody calls one.
pub const RARE: [&str; 7] = ["course", "explore", "grade", "man", "new", "update", "verify"];

/// Whether the arguments ask for a rare command, or for help on one.
pub fn is_rare<Argument: AsRef<OsStr>>(arguments: impl IntoIterator<Item = Argument>) -> bool {
    let is_rare = |argument: &Argument| RARE.iter().any(|rare| argument.as_ref() == *rare);
    let is_option = |argument: &Argument| argument.as_ref().to_string_lossy().starts_with('-');
    let mut words = arguments.into_iter().filter(|argument| !is_option(argument));
    match words.next() {
        Some(first) if first.as_ref() == "help" => words.next().is_some_and(|word| is_rare(&word)),
        Some(first) => is_rare(&first),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_command_is_the_first_word_or_what_help_is_asked_on() {
        for rare in
            [&["grade", "run"][..], &["--ascii", "explore"], &["help", "verify"], &["update", "--help"]]
        {
            assert!(is_rare(rare), "{rare:?}");
        }
        for other in
            [&[][..], &["run", "grade"], &["help"], &["help", "run"], &["--help"], &["list", "verify"]]
        {
            assert!(!is_rare(other), "{other:?}");
        }
    }
}
